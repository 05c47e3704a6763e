"""`.env.example`, made from the settings: `python -m config.example > .env.example`."""

from __future__ import annotations

import sys
import textwrap
from typing import Final
from zoneinfo import ZoneInfo

from pydantic.fields import FieldInfo

from config.sections import Backup, Health, How, Pace, Preview, Reading, WebSettings
from config.settings import FIELDS, variable

NEEDED: Final = ("telegram.api_id", "telegram.api_hash", "telegram.bot_token", "chats")
_HEAD: Final = (
    "Copy this file to .env and fill in the first lines. Variables of the environment come before this file. "
    "An empty value counts as not set. NAME_FILE=path takes the value of NAME from a file. placewatch doctor says "
    "whether all is well."
)
_GROUPS: Final = {
    "": "The rest has defaults.",
    "pace": Pace.__doc__ or "",
    "reading": Reading.__doc__ or "",
    "preview": Preview.__doc__ or "",
    "backup": Backup.__doc__ or "",
    "web": WebSettings.__doc__ or "",
    "health": Health.__doc__ or "",
    "telegram": "Only for a server other than Telegram's own, such as a test server.",
}


def render() -> str:
    """The text of `.env.example`: first what must be filled in, then every other setting with its default."""
    blocks = [_comment(_HEAD)]
    blocks += [[*_explained(FIELDS[path]), f"{variable(path)}="] for path in NEEDED]
    for group, title in _GROUPS.items():
        blocks.append(_comment(title))
        for path, field in FIELDS.items():
            if path.rpartition(".")[0] == group and path not in NEEDED:
                blocks.append([*_explained(field), f"# {variable(path)}={_text(field)}"])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        text, 100, initial_indent="# ", subsequent_indent="# ", break_long_words=False, break_on_hyphens=False
    )


def _hows(field: FieldInfo) -> list[How]:
    return [item for item in field.metadata if isinstance(item, How)]


def _explained(field: FieldInfo) -> list[str]:
    lines = _comment(field.description or "")
    for how in _hows(field):
        lines += _comment(how.text)
    return lines


def _text(field: FieldInfo) -> str:
    """The default as it would be typed; the example where there is none."""
    value = field.default
    if value is None:
        return _hows(field)[0].example
    if isinstance(value, ZoneInfo):
        return value.key
    return ",".join(value) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    sys.stdout.write(render())
