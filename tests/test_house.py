"""The arrows between the rooms go one way, and the repository says nothing about the machine it was written on."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "config", "storage")
NO_EDGES = ("telethon", "aiosqlite", "starlette")
# What a person starts. The doctor is a command of the cli's, in a file of its own.
START = ("bot.cli", "bot.process", "bot.app", "bot.__main__", "bot.doctor")

# Who may not import what: a module or room, and what is out of its reach (a name and all below it).
CLOSED = {
    "storage": ("bot", "config", "telethon", "starlette"),
    "config": ("bot", "storage", *NO_EDGES),
    "bot.places": (*NO_EDGES, "config"),
    "bot.alerts": (*NO_EDGES, "config"),
    "bot.claims": (*NO_EDGES, "config", "bot.telegram"),
    "bot.budget": (*NO_EDGES, "config", "bot.telegram"),
    "bot.commands": (*NO_EDGES, "config", "bot.telegram"),
    "bot.monitor": ("bot.telegram",),
    "bot.courier": ("bot.telegram",),
}
PURE = ("bot.places", "bot.alerts", "bot.budget", "bot.claims", "bot.commands")


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))}


def below(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def nodes(tree: ast.AST, at_import: bool) -> Iterator[ast.AST]:
    """Every node; with `at_import` only what runs when the module is imported."""
    for node in ast.iter_child_nodes(tree):
        if at_import and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if at_import and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from nodes(node, at_import)


def imports(module: str, at_import: bool = False) -> set[str]:
    """What a module imports, by full name: `from a import b` is a.b where that is a module, else a."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in nodes(ast.parse(path.read_text("utf-8")), at_import):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base] if base else parents)
            names = {f"{base}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else base for name in names}
    return found


IMPORTS = {module: imports(module) for module in MODULES}


def reaching(modules: Iterable[str], forbidden: Iterable[str]) -> list[str]:
    rooms = tuple(forbidden)
    return [
        f"{module} imports {name}"
        for module in modules
        for name in sorted(IMPORTS[module])
        if any(below(name, room) for room in rooms)
    ]


def test_all_rooms_are_there() -> None:
    assert {module.partition(".")[0] for module in MODULES} == set(ROOMS)


@pytest.mark.parametrize("room", CLOSED)
def test_a_room_reaches_no_room_that_is_closed_to_it(room: str) -> None:
    assert reaching([module for module in MODULES if below(module, room)], CLOSED[room]) == []


def test_only_the_telegram_room_knows_telethon() -> None:
    others = [module for module in MODULES if not below(module, "bot.telegram")]
    assert reaching(others, ["telethon"]) == []


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_knows_only_the_records_of_storage(room: str) -> None:
    modules = [module for module in MODULES if below(module, room)]
    known = {name for module in modules for name in IMPORTS[module] if below(name, "storage")}
    assert known <= {"storage.records"}


def test_nobody_imports_the_start_but_the_start() -> None:
    others = [module for module in MODULES if not any(below(module, start) for start in START)]
    assert reaching(others, START) == []


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {module: imports(module, at_import=True) & MODULES.keys() - {module} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a clone: git lists no files")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


# Written in parts: this file is read as well.
HERE = re.compile(
    "|".join(
        (
            "/ro" + "ot/",
            "/ho" + r"me/\w",
            "/wo" + "rk/",
            "/U" + r"sers/\w",
            "/op" + "t/p",
            r"[A-Z]:\\U" + "sers",
        )
    )
)
LATER = re.compile("|".join((r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b")))
INDEX = re.compile(
    "|".join(
        (
            r"--(?:extra-)?index-" + r"url[ =]\S",
            "--find-" + r"links[ =]\S",
            "/sim" + r"ple/?(?:\s|$)",
            "pypi" + r"\.org/simple",
            "files\\.python" + "hosted",
        )
    )
)


def matching(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in tracked():
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            hit = pattern.search(line)
            if hit:
                found.append(f"{path.relative_to(ROOT)}:{number}: {hit[0]}")
    return found


def test_no_tracked_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    assert matching(HERE) == []


def test_no_tracked_file_leaves_something_for_later() -> None:
    assert matching(LATER) == []


def test_no_tracked_file_names_a_package_index() -> None:
    assert matching(INDEX) == []
