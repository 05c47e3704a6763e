"""A report as one HTML page that prints well on A4: quotations with their sources, nothing in our own voice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.alerts.compose import moment, speaker
from bot.alerts.excerpt import on_one_line
from bot.archive.export.fields import at
from bot.archive.export.heading import CAVEAT, CONFIDENCE
from bot.archive.export.sheet import encoded
from bot.archive.export.story import OTHERS, Bar, Story, marks, quotation
from storage.records.exported import Statement

MIME: Final = "text/html; charset=utf-8"
_NAME: Final = 100
_WIDTH, _HEIGHT, _WIDEST = 720, 120, 48  # of the chart and of one bar, in its own units
_PIECES: Final = 64  # pieces of the template's output that are written together


@dataclass(frozen=True, slots=True)
class Quoted:
    """One statement as the page shows it."""

    number: int
    day: str  # "" where it is the same as that of the one before
    time: str
    words: Markup
    who: str
    side: str
    shade: int  # the number of its side, from 0 on
    one: Statement
    marks: list[str]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a bar of the chart."""

    x: float
    y: float
    width: float
    height: float
    shade: int
    says: str


def written(story: Story) -> Iterator[bytes]:
    """The page, piece by piece."""
    heading, shades = story.selection.heading, _shades(story)
    unit, bars = story.bars()
    stream = (
        _environment()
        .get_template("report.html")
        .stream(
            heading=heading,
            caveat=CAVEAT,
            confidence=CONFIDENCE,
            made=moment(heading.made_at, story.zone),
            period=_period(story),
            total=len(story.ids),
            who=story.who,
            # They are made safe where they are made.
            claims=[(place, [Markup(block) for block in blocks]) for place, blocks in story.claims],  # noqa: S704
            sides=[(side, number, shades[side]) for side, number in story.sides().items()],
            shades=shades,
            others=OTHERS,
            unit=unit,
            blocks=_blocks(bars, shades),
            highest=max((bar.total for bar in bars), default=0),
            ends=(f"{bars[0].begin:%d %b %Y}", f"{bars[-1].begin:%d %b %Y}") if bars else ("", ""),
            width=_WIDTH,
            height=_HEIGHT,
            statements=_quoted(story, shades),
            sources=enumerate(story.statements(), start=1),
            moment=lambda iso: moment(at(iso), story.zone),
            named=lambda one: on_one_line(speaker(one.channel), _NAME, "a channel"),
        )
    )
    stream.enable_buffering(_PIECES)
    for piece in stream:
        yield encoded(piece)


def _shades(story: Story) -> dict[str, int]:
    """A number for each side; those that no side was given for come last."""
    sides = [side for side in story.sides() if side != OTHERS]
    return {side: number for number, side in enumerate([*sides, OTHERS])}


def _period(story: Story) -> str:
    heading = story.selection.heading
    begin = moment(heading.since, story.zone) if heading.since else "the first post that is kept"
    end = moment(heading.until, story.zone) if heading.until else moment(heading.made_at, story.zone)
    return f"{begin} to {end}"


def _quoted(story: Story, shades: dict[str, int]) -> Iterator[Quoted]:
    day = None
    for number, one in enumerate(story.statements(), start=1):
        local = at(one.posted_at).astimezone(story.zone)
        new = local.date() != day
        day = local.date()
        side = one.channel.side or ""
        yield Quoted(
            number=number,
            day=f"{local:%A}, {local.day} {local:%B %Y}" if new else "",
            time=f"{local:%H:%M}",
            words=Markup(quotation(one)),  # noqa: S704 - it is made safe there
            who=on_one_line(speaker(one.channel), _NAME, "a channel"),
            side=side,
            shade=shades.get(side or OTHERS, len(shades) - 1),
            one=one,
            marks=marks(one, story.zone),
        )


def _blocks(bars: list[Bar], shades: dict[str, int]) -> list[Block]:
    highest = max((bar.total for bar in bars), default=0)
    if not highest:
        return []
    step = _WIDTH / len(bars)
    width = min(step * 0.84, _WIDEST)
    blocks = []
    for number, bar in enumerate(bars):
        top = float(_HEIGHT)
        for side in sorted(bar.sides, key=lambda side: shades[side]):
            count = bar.sides[side]
            height = _HEIGHT * count / highest
            top -= height
            says = f"{bar.begin:%d %b %Y}: {count:,} ({side})"
            left = (number + 0.5) * step - width / 2
            blocks.append(
                Block(
                    round(left, 2),
                    round(top, 2),
                    round(width, 2),
                    round(height, 2),
                    shades[side],
                    says,
                )
            )
    return blocks


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bot.archive.export"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
