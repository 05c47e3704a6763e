"""No problem that a member can see is worded in English alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.languages.test_wrapped import called, literals, parameters

BOT = Path(__file__).parents[2] / "bot"

# Files and folders whose problems only the command line or whoever runs placewatch ever sees.
ENGLISH = {
    "archive/export/file.py": "the command line writes files",
    "archive/export/formats.py": "the command line names files",
    "backfills.py": "the command line asks for backfills",
    "claims": "the table of claims, read when a program starts",
    "cli": "the command line",
    "demo.py": "the command line",
    "exports": "the command line takes exports in",
    "feeds.py": "the command line makes feeds",
    "health": "the port, and what is missing for it",
    "importing": "the command line takes exports in",
    "keeping.py": "the command line keeps and forgets",
    "operations.py": "what only the command line asks for",
    "outputs.py": "settings, read when the service starts",
    "places/gazetteer/dumps.py": "the command line builds gazetteers",
    "places/gazetteer/geonamescache.py": "the command line builds gazetteers",
    "process.py": "the command line holds the data folder",
    "profiles": "the command line reads profiles",
    "sessions.py": "the command line names accounts",
    "socks.py": "settings, read when the service starts",
    "telegram/client.py": "session files",
    "telegram/login.py": "the command line signs in",
    "telegram/sealed.py": "session files",
    "telegram/signin.py": "session files",
    "web/api": "programs",
}

TEXTS = {str(file.relative_to(BOT)): file.read_text("utf-8") for file in sorted(BOT.rglob("*.py"))}


def mendable() -> set[str]:
    """`Mendable` and every kind of it."""
    kinds = [
        (name, set(re.findall(r"\w+", bases)))
        for text in TEXTS.values()
        for name, bases in re.findall(r"^class (\w+)\(([^)]*)\):", text, re.MULTILINE)
    ]
    found = {"Mendable"}
    while more := {name for name, bases in kinds if bases & found} - found:
        found |= more
    return found


MENDABLE = mendable()
CARRIERS = MENDABLE | {"Said", "Declined", "HTTPException"}
"""What carries words to a reader."""
TREES = {
    path: ast.parse(text)
    for path, text in TEXTS.items()
    if re.search(rf"\b(?:{'|'.join(CARRIERS)}|query\.error)\(", text)
}


def below(path: str, name: str) -> bool:
    return path == name or path.startswith(name + "/")


def seen() -> list[str]:
    """The files whose problems a member can see."""
    return [
        path
        for path, tree in TREES.items()
        if any(carrying(tree)) and not any(below(path, name) for name in ENGLISH)
    ]


def unmarked(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The words of problems that no catalogue can have."""
    for call in carrying(tree):
        for given in (one for one in call.args if not isinstance(one, ast.Dict)):  # headers
            yield from whole(given)
            yield from literals(ast.Expression(given))
            yield from elsewhere(given, tree)
        for keyword in call.keywords:
            yield from literals(keyword)


def carrying(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls that give a problem its words."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (called(node) in CARRIERS or is_of_query(node)):
            yield node
        elif isinstance(node, ast.ClassDef) and node.name in MENDABLE:
            yield from (n for n in ast.walk(node) if isinstance(n, ast.Call) and called(n) == "__init__")


def is_of_query(call: ast.Call) -> bool:
    """`query.error(…)` of bot.archive.query."""
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "error"
        and getattr(call.func.value, "id", "") == "query"
    )


def whole(given: ast.expr) -> Iterator[tuple[int, str]]:
    """A text that is given as it is, however short."""
    if isinstance(given, ast.JoinedStr) or (isinstance(given, ast.Constant) and isinstance(given.value, str)):
        yield given.lineno, ast.unparse(given)


def elsewhere(given: ast.expr, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The words behind a name, a table, or a function that knows no language, in the same file."""
    source = given.value if isinstance(given, ast.Subscript | ast.Await) else given
    if isinstance(source, ast.Name):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(target, ast.Name) and target.id == source.id for target in targets):
                    yield from literals(ast.Expression(node.value))
    elif isinstance(source, ast.Call):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and node.name == called(source)
                and isinstance(node.returns, ast.Name)
                and node.returns.id == "str"
                and "t" not in parameters(node)
            ):
                yield from literals(ast.Module(node.body, []))


@pytest.mark.parametrize("path", seen())
def test_a_problem_can_be_said_in_every_language(path: str) -> None:
    found = [f"{line}: {text!r}" for line, text in sorted(set(unmarked(TREES[path])))]
    assert found == [], "mark it: N_(…) or NN_(…), and what fills it in as keywords"


@pytest.mark.parametrize("name", ENGLISH)
def test_a_file_that_may_stay_english_needs_to(name: str) -> None:
    trees = [tree for path, tree in TREES.items() if below(path, name)]
    assert any(list(unmarked(tree)) for tree in trees), "take it out of the list"


@pytest.mark.parametrize(
    "code",
    [
        'raise Mendable("There is no place.")',
        'raise Mendable(f"There is no {name}.")',
        'raise QueryError(query, at, f"{field}: stands once")',
        'raise query.error(one, "it is unknown")',
        'raise Mendable(N_("There is no {what}."), what="place here")',
        'words = f"There is no {name}."\nraise Mendable(words)',
        '_WORDS = {1: "there is none"}\nraise Declined(400, Said(_WORDS[1]))',
        'def words(error) -> str:\n    return f"{error} is broken"\nraise Mendable(words(error))',
        'raise Mendable("There is no {}.".format(name))',
        'class NoPreview(Mendable):\n    def __init__(self):\n        super().__init__("it shows nothing")',
    ],
)
def test_a_problem_in_english_alone_is_found(code: str) -> None:
    assert list(unmarked(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        'raise Mendable(N_("There is no {name}."), name=name)',
        'raise QueryError(query, at, N_("{field}: stands once"), field=field)',
        'raise Mendable(t("There is no place."))',
        '_WORDS = {1: N_("there is none")}\nraise Mendable(_WORDS[1])',
        'def words(error) -> Said:\n    return Said(N_("{error} is broken"), error=error)\nraise Mendable(words(error))',
        "raise Mendable(problem.told) from problem",
        'log.error("it is broken")',
    ],
)
def test_a_problem_that_can_be_said_is_let_pass(code: str) -> None:
    assert not list(unmarked(ast.parse(code)))
