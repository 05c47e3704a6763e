"""Which places does this text mention, and how sure are we? Pure: no network, no clock, no database."""

from bot.places.matcher import MATCHER_VERSION, Matcher

__all__ = ["MATCHER_VERSION", "Matcher"]
