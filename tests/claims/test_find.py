"""How claims are found: offsets, reasons, hostile texts."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts.excerpt import sentences
from bot.claims import Modality, claims_about, find_claims, load, shown

TABLE = load(None)
LETTERS = st.sampled_from(list("взят непокровск.,—?!\n «»'’ʼ-#Пabc\u0301\u00ad\u200b\ud800😀"))
WORDS = st.sampled_from(
    [
        "взят",
        "под",
        "контроль",
        "не",
        "Покровск",
        "captured",
        "Pokrovsk",
        "has",
        "not",
        "been",
        "відійшли",
        "з",
        "что",
        "—",
        "опроверг",
        "якобы",
        "в плен",
        "удар по",
        "рукам",
        ",",
        ".",
        "?",
        "to",
        "withdraw",
        "\n",
        "оточено",
    ]
)
TEXTS = st.one_of(st.text(), st.text(LETTERS), st.lists(WORDS).map(" ".join))


def test_why_names_the_cue_and_what_changed_it() -> None:
    (claim,) = find_claims("По словам мэра, Покровск не взят под контроль.", TABLE)
    assert claim.cue == "взят под контроль"
    assert claim.negated
    assert claim.reported
    assert claim.why == (
        "“взят(/а/о/ы) … под … контроль” of captured (ru); negated by “не”; reported: “По словам”"
    )


def test_an_unconfirmed_claim_is_not_the_source_s_own() -> None:
    (claim,) = find_claims("Якобы Покровск взят.", TABLE)
    assert claim.modality is Modality.UNCONFIRMED
    assert claim.reported
    assert not claim.negated


@pytest.mark.parametrize(
    "written",
    [
        "ПОКРОВСК ВЗЯТ ПОД КОНТРОЛЬ",
        "Покровск взя\u0301т под контроль",
        "Покровск в\u00adзят под\u200b контроль",
        "Покровск взят под кoнтроль",  # a Latin o
        "#Покровск взят под контроль!!!",
    ],
)
def test_spelling_and_marks_make_no_difference(written: str) -> None:
    (claim,) = find_claims(written, TABLE)
    assert claim.kind == "captured"
    assert written[claim.start : claim.end] == claim.cue


def test_a_cue_does_not_reach_across_sentences_or_lines() -> None:
    text = "Взяты.\nПод контроль"
    assert find_claims(text, TABLE, sentences(text)) == ()


def test_without_names_a_capitalised_word_may_be_a_place() -> None:
    assert [claim.kind for claim in find_claims("Наши взяли Удачное", TABLE)] == ["captured"]
    assert find_claims("Наши взяли удачное", TABLE) == ()
    assert find_claims("Наши взяли Удачное", TABLE, names=[]) == ()


def test_a_month_is_no_permission() -> None:
    (claim,) = find_claims("On 5 May troops withdrew", TABLE)
    assert claim.modality is Modality.ASSERTED


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Войска отошли", "en", "withdrawal"),
        ("Войска не отошли", "uk", "відхід (заперечується)"),
        ("Якобы войска отошли", "ru", "отход (не подтверждено)"),
        ("По данным штаба, войска должны отойти", "en", "withdrawal (planned or possible, as reported)"),
    ],
)
def test_a_claim_is_shown_in_the_reader_s_language(text: str, language: str, words: str) -> None:
    (claim,) = find_claims(text, TABLE)
    assert shown(claim, TABLE, language) == words


@given(TEXTS)
@settings(max_examples=300)
def test_offsets_hold_in_any_text(text: str) -> None:
    claims = find_claims(text, TABLE, sentences(text))
    assert all(text[claim.start : claim.end] == claim.cue for claim in claims)
    assert all(before.start < after.start for before, after in pairwise(claims))
    assert all(claim.kind in TABLE.kinds and claim.why for claim in claims)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_any_spans_of_names_are_borne(text: str, spans: list[tuple[int, int]]) -> None:
    names = {place: [tuple(sorted(span))] for place, span in enumerate(spans)}
    found = claims_about(text, sentences(text), names, TABLE)  # type: ignore[arg-type]
    assert found.keys() <= names.keys()
    assert all(text[c.start : c.end] == c.cue for claims in found.values() for c in claims)


@pytest.mark.parametrize(
    "unit",
    [
        "взят ",
        "Покровск ",
        "Покровск взят ",
        "Покровск, ",
        "не ",
        "не взят ",
        "взят под под ",
        "not been ",
        "the city of ",
        "took the the the ",
        "captured the city of Pokrovsk and ",
        "опроверг, что ",
        "в кольце в ",
        "удар по рукам ",
        "'",
        "’’’",
        "а\u0301",
        "-",
        "\u200b",
        "1",
        "# ",
        "якобы взят Покровск, по данным ",
        "#ПокровскВзят",
        "перерезал дорог ",
    ],
)
def test_a_hundred_thousand_hostile_characters_take_no_longer_than_their_length_allows(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        names = {0: [(at, at + 8) for at in range(len(text)) if text.startswith("Покровск", at)]}
        best = float("inf")
        for _ in range(2):
            start = time.process_time()
            find_claims(text, TABLE)
            claims_about(text, [(0, len(text))], names, TABLE)
            best = min(best, time.process_time() - start)  # whatever else the machine does
        return best

    small, large = seconds(12_500), seconds(100_000)
    assert large < 3
    assert large < 0.05 or large / small < 24  # eight times the length; quadratic would be 64
