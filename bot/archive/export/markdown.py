"""A report in Markdown (CommonMark): what was said, quoted and attributed, with numbered sources."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from bot.alerts.compose import moment, speaker
from bot.alerts.excerpt import on_one_line
from bot.archive.export.fields import at
from bot.archive.export.heading import CAVEAT, CONFIDENCE
from bot.archive.export.sheet import encoded
from bot.archive.export.story import OTHERS, Story, marks, quotation
from storage.records.exported import Statement

MIME: Final = "text/markdown; charset=utf-8"
# What begins markup, anywhere or at a line's start; and addresses, which some readers make into links.
_SPECIAL: Final = re.compile(
    r"([\\`*_\[\]<>&|~$]|://|(?<=www)\.|@(?=\w+[.\w]*\.)|^\s*(?:[-+#=:]|\d+[.)]))", re.MULTILINE
)
_NAME: Final = 100
_LINE: Final = 2_000
_BREAKS: Final = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def written(story: Story) -> Iterator[bytes]:
    """The report, piece by piece."""
    yield encoded("\n".join(_front(story)))
    day = None
    for number, one in enumerate(story.statements(), start=1):
        local = at(one.posted_at).astimezone(story.zone)
        head = "" if local.date() == day else f"\n### {local.day} {local:%B %Y}\n"
        day = local.date()
        yield encoded(f"{head}\n{_statement(one, number, story)}")
    yield b"\n## Sources\n\n"
    for number, one in enumerate(story.statements(), start=1):
        yield encoded(f"{number}. {_source(one, story)}\n")
    yield encoded("\n".join(_back(story)))


def _front(story: Story) -> Iterator[str]:
    heading = story.selection.heading
    yield f"# What was said{f' about {words(heading.about)}' if heading.about else ''}\n"
    yield f"{words(CAVEAT)} {words(CONFIDENCE)}\n"
    yield f"- Asked for: {words(heading.query) or 'everything in the archive'}"
    yield f"- Made: {words(moment(heading.made_at, story.zone))}"
    sides = ", ".join(f"{words(side)} {number:,}" for side, number in story.sides().items() if side != OTHERS)
    yield f"- Statements: {len(story.ids):,} by {len(story.who):,} channels{f' ({sides})' if sides else ''}\n"
    yield "## What this report can't know\n"
    for note in heading.notes or ("No gap is known in what was read for it.",):
        yield f"- {words(note)}"
    for told in story.who:
        if told.read_since:
            yield f"- {words(told.channel.name)}: read since {words(told.read_since)}; what it said and deleted before is not here"
    yield "\n## Statements"
    if not story.ids:
        yield "\nNothing was found in what was read."
    yield ""


def _statement(one: Statement, number: int, story: Story) -> str:
    # The quotation comes as safe HTML; its words are set free of that, and bound again for Markdown.
    parts = re.split("</?b>", quotation(one))
    said = "".join(
        f"**{text(html.unescape(part))}**" if number % 2 and part.strip() else text(html.unescape(part))
        for number, part in enumerate(parts)
    )
    lines = [line.strip() for line in _BREAKS.split(said or text("[no text]"))]
    quote = "\\\n> ".join(line for line in lines if line)
    became = "".join(f" · {words(mark)}" for mark in marks(one, story.zone))
    return f"> «{quote}»\n>\n> — {words(_who(one))}, {words(moment(at(one.posted_at), story.zone))} \\[{number}\\]{became}\n"


def _who(one: Statement) -> str:
    side = f" ({one.channel.side})" if one.channel.side else ""
    return on_one_line(f"{speaker(one.channel)}{side}", _NAME, "a channel")


def _source(one: Statement, story: Story) -> str:
    parts = [f"{words(_who(one))}: <{one.link}>, posted {words(moment(at(one.posted_at), story.zone))}"]
    parts.append(f"kept {words(moment(at(one.received_at), story.zone))}")
    if one.repeats:
        parts.append(f"{words(one.how or 'repeats')} of <{one.repeats}>")
    parts += [
        f"{words(a.place.name)}: confidence {a.confidence:.2f}, {words(a.why)}"
        + (f", reviewed: {words(a.verdict)}" if a.verdict else "")
        for a in one.about
    ]
    if one.digest:
        parts.append(f"ledger entries {', '.join(map(str, one.entries))}, digest `{one.digest}`")
    return "; ".join(parts)


def _back(story: Story) -> Iterator[str]:
    head = story.selection.heading.head
    yield "\n## Proof\n"
    if head is None:
        yield "Nothing had been entered in the ledger."
    else:
        yield (
            f"The ledger's head when this report was made: `{head}`. With it anybody who has the archive can show that "
            f"nothing kept until then was changed: `placewatch verify --head {head}`"
        )
    yield ""


def text(said: str) -> str:
    """Words that Markdown shows as they are, whatever they hold."""
    return _SPECIAL.sub(_bound, said)


def _bound(found: re.Match[str]) -> str:
    """A backslash before the mark, which is the last character where a line begins with it."""
    mark = found[0]
    return f"\\{mark}" if len(mark) == 1 or mark == "://" else f"{mark[:-1]}\\{mark[-1]}"


def words(said: str) -> str:
    """The same on one line."""
    return text(on_one_line(said, _LINE))
