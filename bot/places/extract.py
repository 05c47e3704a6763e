"""`extract` and `explain` as plain functions: lines of posts in, lines of mentions out, nothing kept.

python -m bot.places.extract --names FILE.tsv [--min-confidence X] [--no-morphology] [POSTS.jsonl | -]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

from bot.places.matcher import Matcher
from storage.records import Mention, PlaceName

DEFAULT_CONFIDENCE = 0.5  # what alerts use
POSSIBLE = 0.2  # from here up a mention is stored and shown as possible


class BrokenLineError(ValueError):
    """A line of input that can't be read; `number` counts from 1."""

    def __init__(self, number: int, problem: str) -> None:
        super().__init__(f"line {number}: {problem}")
        self.number = number


@dataclass(frozen=True, slots=True)
class NameTable:
    """Names to look for, and what each place is called in the file they came from."""

    names: tuple[PlaceName, ...]
    ids: dict[int, str]

    def place(self, place_id: int) -> str:
        """Give the file's own id of a place."""
        return self.ids.get(place_id, str(place_id))


def read_names(lines: Iterable[str]) -> NameTable:
    """Read `id<TAB>name<TAB>language` lines; empty lines and those that start with # are passed over.

    Lines with one id are names of one place; the language may be left out.
    Raises `BrokenLineError` for a line without a name or with a language other than uk, ru and en.
    """
    numbers: dict[str, int] = {}
    names: list[PlaceName] = []
    for number, line in enumerate(lines, start=1):
        line = line.rstrip("\r\n").removeprefix("\ufeff")
        if not line.strip() or line.startswith("#"):
            continue
        key, *rest = line.split("\t")
        if not rest or not rest[0].strip():
            raise BrokenLineError(number, "expected id, name and language, with tabs between them")
        language = rest[1].strip() if len(rest) > 1 else ""
        if language not in ("uk", "ru", "en", ""):
            raise BrokenLineError(number, f"the language “{language}” is none of uk, ru, en")
        place_id = numbers.setdefault(key, len(numbers) + 1)
        names.append(PlaceName(place_id=place_id, text=rest[0].strip(), language=language))
    return NameTable(tuple(names), {number: key for key, number in numbers.items()})


def names_given(texts: Iterable[str]) -> NameTable:
    """Take each text as the name of a place of its own, as `--place NAME` does."""
    unique = list(dict.fromkeys(texts))
    names = tuple(
        PlaceName(place_id=number, text=text, language="") for number, text in enumerate(unique, start=1)
    )
    return NameTable(names, dict(enumerate(unique, start=1)))


def as_json(mention: Mention, table: NameTable) -> dict[str, object]:
    """Write a mention as `extract` prints it."""
    return {
        "start": mention.start,
        "end": mention.end,
        "surface": mention.surface,
        "place": table.place(mention.place_id),
        "name": mention.name,
        "kind": mention.kind.value,
        "confidence": mention.confidence,
        "why": mention.why,
        "rivals": [{"place": table.place(r.place_id), "confidence": r.confidence} for r in mention.rivals],
    }


def extract(
    lines: Iterable[str],
    matcher: Matcher,
    table: NameTable,
    *,
    min_confidence: float = DEFAULT_CONFIDENCE,
    broken: Callable[[BrokenLineError], None],
) -> Iterator[str]:
    """Turn each line `{"id", "text"}` into a line `{"id", "mentions"}`, in order, one at a time.

    A line that can't be read is handed to `broken` and has no output line; the rest goes on.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            post = json.loads(line)
            key, text = post["id"], post["text"]
            if not isinstance(text, str):
                raise TypeError
        except (ValueError, KeyError, TypeError, RecursionError):
            broken(BrokenLineError(number, 'expected {"id": …, "text": "…"}'))
            continue
        mentions = matcher.find(text, min_confidence=min_confidence)
        yield _dump({"id": key, "mentions": [as_json(mention, table) for mention in mentions]})


def _dump(value: object) -> str:
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # a lone surrogate in the post
        return json.dumps(value)
    return line


def explain(
    text: str, matcher: Matcher, table: NameTable, *, min_confidence: float = DEFAULT_CONFIDENCE
) -> list[str]:
    """Show one text for people: a line for each mention, then what was nearly one."""
    mentions = matcher.find(text, min_confidence=0.0)
    sure = [mention for mention in mentions if mention.confidence >= min_confidence]
    nearly = [mention for mention in mentions if mention.confidence < min_confidence]
    lines = [_in_words(mention, table) for mention in sure] or ["No place is mentioned."]
    if nearly:
        lines += ["", "Nearly a match:", *(_in_words(mention, table) for mention in nearly)]
    return lines


def _in_words(mention: Mention, table: NameTable) -> str:
    line = (
        f"{mention.confidence:.2f}  {mention.kind.value:<9}  {table.place(mention.place_id)}"
        f"  [{mention.start}:{mention.end}]  {mention.why}"
    )
    rivals = ", ".join(f"{table.place(rival.place_id)} ({rival.confidence:.2f})" for rival in mention.rivals)
    return f"{line}; could also be {rivals}" if rivals else line


def parser() -> argparse.ArgumentParser:
    """The options that `extract` understands."""
    options = argparse.ArgumentParser(prog="placewatch extract", description="Find places in posts.")
    options.add_argument("--names", type=Path, metavar="FILE", help="id<TAB>name<TAB>language a line")
    options.add_argument("--place", action="append", default=[], metavar="NAME", help="may be repeated")
    options.add_argument("--min-confidence", type=float, default=DEFAULT_CONFIDENCE, metavar="X")
    options.add_argument("--no-morphology", action="store_true", help="do without pymorphy3")
    options.add_argument("posts", nargs="?", default="-", metavar="POSTS.jsonl", help="- for standard input")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `extract`; 0 if every line was read, 1 if some were broken, 2 if the names or posts can't be read."""
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "strict")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
    options = parser().parse_args(arguments)
    with ExitStack() as stack:
        try:
            table = _table(options.names, options.place)
            lines: Iterable[str] = sys.stdin
            if options.posts != "-":
                lines = stack.enter_context(
                    Path(options.posts).open(encoding="utf-8", errors="surrogateescape")
                )
        except (OSError, BrokenLineError) as problem:
            sys.stderr.write(f"{problem}\n")
            return 2
        matcher = Matcher(table.names, morphology=not options.no_morphology)
        return run(lines, matcher, table, min_confidence=options.min_confidence)


def _table(names: Path | None, places: list[str]) -> NameTable:
    if names is None:
        return names_given(places)
    with names.open(encoding="utf-8", errors="replace") as lines:
        return read_names(lines)


def run(lines: Iterable[str], matcher: Matcher, table: NameTable, *, min_confidence: float) -> int:
    """Write the mentions of each line to standard output and broken lines to standard error; 1 if there were any."""
    failed = 0

    def broken(problem: BrokenLineError) -> None:
        nonlocal failed
        failed = 1
        sys.stderr.write(f"{problem}\n")

    for line in extract(lines, matcher, table, min_confidence=min_confidence, broken=broken):
        sys.stdout.write(line + "\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
