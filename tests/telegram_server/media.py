"""Attachments in their smallest valid form. They carry no bytes; only what a reader of posts looks at."""

from datetime import UTC, datetime

from telethon.tl import types

EPOCH = datetime.fromtimestamp(0, UTC)


def photo(photo_id: int = 1) -> types.MessageMediaPhoto:
    """A photo; the text beside it in a post is its caption."""
    size = types.PhotoSize("x", 800, 600, 1000)
    return types.MessageMediaPhoto(
        photo=types.Photo(photo_id, access_hash=1, file_reference=b"", date=EPOCH, sizes=[size], dc_id=2)
    )


def document(name: str = "report.pdf", mime_type: str = "application/pdf") -> types.MessageMediaDocument:
    """A file."""
    return types.MessageMediaDocument(
        document=types.Document(
            1, 1, b"", EPOCH, mime_type, size=10, dc_id=2, attributes=[types.DocumentAttributeFilename(name)]
        )
    )


def web_page(url: str, title: str = "", description: str = "") -> types.MessageMediaWebPage:
    """The preview under a message with a link."""
    return types.MessageMediaWebPage(
        webpage=types.WebPage(1, url, url, 0, title=title or None, description=description or None)
    )


def poll(question: str, answers: list[str]) -> types.MessageMediaPoll:
    """A poll that nobody has voted in."""
    choices = [types.PollAnswer(_plain(text), bytes([index])) for index, text in enumerate(answers)]
    return types.MessageMediaPoll(
        poll=types.Poll(1, _plain(question), choices, hash=0), results=types.PollResults(total_voters=0)
    )


class UnknownMessage(types.Message):
    """A message of a layer that no client speaks yet: nobody can parse what holds it."""

    def _bytes(self) -> bytes:
        return b"\xef\xbe\xad\xde" + bytes(16)


def _plain(text: str) -> types.TextWithEntities:
    return types.TextWithEntities(text, [])
