"""Half characters: what no file can hold is replaced, so that no post is refused for them."""

from __future__ import annotations

import logging
from dataclasses import fields, is_dataclass, replace
from typing import Any

from storage.records import Post

log = logging.getLogger(__name__)


def printable(post: Post) -> Post:
    """The post with U+FFFD in the place of each lone surrogate; the same object where it has none, as nearly all."""
    if _is_whole(post.text) and _is_whole(post.preview) and all(map(_is_whole, _others(post))):
        return post
    log.warning(
        "half characters replaced channel_id=%d message_id=%d", post.key.channel_id, post.key.message_id
    )
    mended: Post = _mend(post)
    return mended


def _others(post: Post) -> list[str]:
    names = [post.author, post.forward and post.forward.name]
    names += [entity.url for entity in post.entities]
    if post.media is not None:
        names += [post.media.kind, post.media.mime, post.media.name]
    return [name for name in names if name]


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mend(value: Any) -> Any:
    if isinstance(value, str) and type(value) is str:
        # Two halves that belong together become the character that they are; lengths in UTF-16 stay.
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, tuple):
        return tuple(map(_mend, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _mend(getattr(value, field.name)) for field in fields(value)})
    return value
