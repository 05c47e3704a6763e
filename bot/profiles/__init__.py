"""Profiles: channels with who speaks there, and places with their names, in a file that teams share (docs/profiles.md)."""

from bot.profiles.entries import LONGEST_FILE, VERSION, ChannelEntry, PlaceEntry, Profile
from bot.profiles.merge import Change, Resolve, changes
from bot.profiles.read import parse, read
from bot.profiles.write import of_archive, written

__all__ = [
    "LONGEST_FILE",
    "VERSION",
    "Change",
    "ChannelEntry",
    "PlaceEntry",
    "Profile",
    "Resolve",
    "changes",
    "of_archive",
    "parse",
    "read",
    "written",
]
