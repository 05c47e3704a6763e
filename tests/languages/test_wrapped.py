"""No text that a chat reads is written past the catalogues, and no language is lost on the way down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

BOT = Path(__file__).parents[2] / "bot"
ROOMS = ("alerts", "commands", "desk")
FILES = sorted(file for room in ROOMS for file in (BOT / room).glob("*.py"))
MARKS = {"t", "_t", "many", "N_", "NN_"}

# Whole files without words of ours, or with words in a table of their own.
EXEMPT = {
    "menu.py": "the menu, in every language, in one table",
    "dialogue.py": "SQL",
    "drafts.py": "SQL",
    "measure.py": "no words",
    "excerpt.py": "abbreviations of the sources, by which sentences are cut",
}
# Literals that are read by programs, or that are the same in every language.
SAME = {
    "/label @name | Head of the region | side: Ukraine | official | owner: OVA": "what is typed",
    "/watch Pokrovsk": "what is typed",
    "/follow https://t.me/name": "what is typed",
    "/search evacuation": "what is typed",
    "placewatch places add Pokrovsk": "what is typed at a prompt",
    "placewatch channels add https://t.me/NAME": "what is typed at a prompt",
    "placewatch ledger: {}, head {}, newest entry {}": "a head is read by `placewatch verify`",
    "{} entries": "as above",
    "1 entry": "as above",
    "Example Oblast": "of the sample alert's place",
    "excerpt only: protected by its channel": "a file for programs",
    "JSON Lines": "a format",
    "other place": "a reason as it is stored",
    "{} can't be read: ": "what a reason begins with, as it is stored",
    "Exampleville": "of the sample alert's place",
    "dd MMM HH:mm": "a pattern of a date",
    "EEE dd MMM": "a pattern of a date",
    "dd MMM yy": "a pattern of a date",
    "Desk": "a name in the code",
    "Outside": "a name in the code",
    "[{}] on message {} of chat {}": "the audit",
    "signed out": "the audit",
    "web: member": "the audit",
    "too long for a button: {}": "a slip of ours, for the log",
}
_TALK = re.compile(r"[A-Za-z]{2,}[,.:;?!]? +[A-Za-z]{2,}|^ *[A-Z][a-z]+\b[^_/|]*$")


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_what_a_chat_reads_is_marked_for_translation(file: Path) -> None:
    if file.name in EXEMPT:
        return
    found = [f"{line}: {text!r}" for line, text in literals(ast.parse(file.read_text())) if text not in SAME]
    assert found == [], "wrap it: t(…), N_(…)"


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_who_writes_hands_the_language_on(file: Path) -> None:
    speak = speakers()
    lost = []
    for function in (n for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.FunctionDef)):
        if "t" not in parameters(function):
            continue
        for call in (n for n in ast.walk(function) if isinstance(n, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else None
            if (
                name in speak[file]
                and not any(k.arg == "t" for k in call.keywords)
                and "t" not in plain(call)
            ):
                lost.append(f"{call.lineno}: {name}")
    assert lost == [], "pass t=t"


@cache
def speakers() -> dict[Path, set[str]]:
    """By file: the functions of these rooms that take the language and that it can call by their bare names."""
    own: dict[Path, set[str]] = {}
    for file in FILES:
        tree = ast.parse(file.read_text())
        own[file] = {n.name for n in tree.body if isinstance(n, ast.FunctionDef) and "t" in parameters(n)}
    modules = {f"bot.{file.parent.name}.{file.stem}": names for file, names in own.items()}
    found = {file: set(names) for file, names in own.items()}
    for file in FILES:
        for n in ast.walk(ast.parse(file.read_text())):
            if isinstance(n, ast.ImportFrom) and n.module in modules:
                found[file] |= {a.asname or a.name for a in n.names if a.name in modules[n.module]}
    return found


def parameters(function: ast.FunctionDef) -> set[str]:
    return {a.arg for a in (*function.args.args, *function.args.kwonlyargs)}


def plain(call: ast.Call) -> set[str]:
    return {a.id for a in call.args if isinstance(a, ast.Name)}


def literals(tree: ast.AST, marked: bool = False) -> Iterator[tuple[int, str]]:
    """The literals that read like talk, outside of marks, docstrings, logs and what is only compared."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Call) and called(node) in MARKS:
            yield from (found for one in node.keywords for found in literals(one))
            continue
        if isinstance(node, ast.Call) and called(node) in {
            "info",
            "warning",
            "error",
            "exception",
            "compile",
        }:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
            if _TALK.search(re.sub(r"<[^>]*>", "", text)):
                yield node.lineno, text
            inner = [v for v in node.values if isinstance(v, ast.FormattedValue)]
            yield from (found for one in inner for found in literals(one.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _TALK.search(re.sub(r"<[^>]*>", "", node.value)):
                yield node.lineno, node.value
        else:
            yield from literals(node)


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
