"""The only rooms that import Telethon."""
