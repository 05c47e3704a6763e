"""What the documents say is what the program does."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REFERENCE = runpy.run_path(str(ROOT / "docs" / "reference.py"))
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
SETTING = re.compile(r"\bPLACEWATCH_[A-Z_]*[A-Z]\b")


@pytest.mark.parametrize("name", sorted(REFERENCE["PAGES"]))
def test_a_page_of_the_reference_says_what_the_program_does(name: str) -> None:
    made = REFERENCE["PAGES"][name]()
    assert (ROOT / "docs" / name).read_text("utf-8") == made, "run: python docs/reference.py"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text("utf-8")):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_setting_that_is_named_exists(document: Path) -> None:
    known = set(SETTING.findall((ROOT / "docs" / "settings.md").read_text("utf-8")))
    assert set(SETTING.findall(document.read_text("utf-8"))) - known == set()


def test_a_program_that_a_document_names_exists() -> None:
    for document in DOCUMENTS:
        for module in re.findall(r"python -m (tests[\w.]+|config[\w.]+)", document.read_text("utf-8")):
            path = ROOT / module.replace(".", "/")
            assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module
