"""Everything that speaks to Telegram; the only folder that imports telethon."""
