"""A query's words as SQLite's FTS5 asks for them: sqlite.org/fts5.html, section 3."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.archive.query import Either, Every, Node, Phrase, Word

Forms = Callable[[Word], frozenset[str]]


def matching(text: Every, forms: Forms) -> str | None:
    """The expression that finds what is wanted; None where only unwanted words, or none, were given."""
    return _every(text, forms) if text.wanted else None


def unwanted(text: Every, forms: Forms) -> str | None:
    """The expression that finds what must not be there, of a query without wanted words; None in any other."""
    return None if text.wanted or not text.unwanted else _joined(" OR ", text.unwanted, forms)


def _node(node: Node, forms: Forms) -> str:
    match node:
        case Word(text=text, prefix=True):
            return f'"{text}"*'
        case Word():
            return _any_of(sorted(forms(node)))
        case Phrase(words=words):
            return f'"{" ".join(words)}"'
        case Either(nodes=nodes):
            return _joined(" OR ", nodes, forms)
        case Every():
            return _every(node, forms)


def _every(text: Every, forms: Forms) -> str:
    wanted = _joined(" AND ", text.wanted, forms)
    return f"({wanted} NOT {_joined(' OR ', text.unwanted, forms)})" if text.unwanted else wanted


def _joined(by: str, nodes: Iterable[Node], forms: Forms) -> str:
    every = [_node(node, forms) for node in nodes]
    return every[0] if len(every) == 1 else f"({by.join(every)})"


def _any_of(forms: list[str]) -> str:
    quoted = [f'"{form}"' for form in forms]
    return quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})"
