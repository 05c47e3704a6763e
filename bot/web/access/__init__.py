"""Who may see the page and the API: one-time links, sessions, tokens, and the guard before every route."""

from bot.web.access.member import OWNER, Member

__all__ = ["OWNER", "Member"]
