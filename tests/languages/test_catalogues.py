"""Every text of the interface is in the catalogues, translated into every language, and nothing else is."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message

from bot.languages import LANGUAGES
from bot.languages.collect import BOT, catalogue, missing, template

OTHERS = LANGUAGES[1:]
PLACEHOLDER = re.compile(r"\{(\w*)[^}]*\}|%\((\w+)\)s")
TAG = re.compile(r"</?[a-z]+")


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return template()


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated_and_no_translation_is_left_over(code: str, wanted: Catalog) -> None:
    kept = catalogue(code)
    mend = "python -m bot.languages.collect"
    assert [m.id for m in missing(kept, wanted)] == [], (
        f"translate these in bot/languages/{code}.po, after: {mend}"
    )
    assert [m.id for m in kept if m.id and wanted.get(m.id) is None] == [], f"take these out by: {mend}"


def test_every_text_that_is_said_in_code_is_found_however_deep_it_stands(wanted: Catalog) -> None:
    """What is collected is told from tokens: within an f-string (until Python 3.12) or another call it is passed over."""
    said = {
        text.value
        for file in BOT.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", getattr(call.func, "attr", None)) in ("t", "_t", "N_", "_")
        for text in call.args[:1]
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    }
    assert len(said) > 500
    assert {text for text in said if text and wanted.get(text) is None} == set(), (
        "give these a line of their own"
    )


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_fills_in_what_the_text_fills_in_and_has_its_markup(code: str) -> None:
    for message in (m for m in catalogue(code) if m.id):
        for string in forms(message):
            assert names(string) == names(*sources(message)) or (
                message.pluralizable and names(string) < names(*sources(message))
            ), (message.id, string)
            assert sorted(TAG.findall(string)) == sorted(TAG.findall(sources(message)[-1])), (
                message.id,
                string,
            )


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_begins_and_ends_with_the_same_space_where_texts_are_joined(code: str) -> None:
    for message in (m for m in catalogue(code) if m.id):
        for string in forms(message):
            source = sources(message)[-1]
            assert string.endswith(" ") == source.endswith(" "), (message.id, string)
            assert not (string.startswith(" ") and not source.startswith(" ")), (message.id, string)


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_says_numbers_with_all_forms_of_its_language_and_quotes_with_its_quotes(
    code: str,
) -> None:
    for message in (m for m in catalogue(code) if m.id):
        if message.pluralizable:
            assert len(forms(message)) == 3, message.id
        assert not [s for s in forms(message) if "“" in s or "”" in s], message.id


def forms(message: Message) -> tuple[str, ...]:
    string: Any = message.string
    return tuple(string) if isinstance(string, tuple | list) else (string,)


def sources(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)


def names(*texts: str) -> set[str]:
    return {a or b for text in texts for a, b in PLACEHOLDER.findall(text)}
