"""Pure: what an account's requests are spent on, and what to say where they don't suffice."""

from bot.budget.plan import Plan, Share, make_plan

__all__ = ["Plan", "Share", "make_plan"]
