"""Dump files of GeoNames, small ones made here: read line by line, and refused where they are broken."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli.gazetteer import app
from bot.places.gazetteer import Gazetteer, GazetteerError
from bot.places.gazetteer.building import build
from bot.places.gazetteer.dumps import Dump, Problems, read_dump, size
from storage.records import NameKind


def row(
    number: int, name: str, others: str = "", feature: str = "P", code: str = "PPL", admin1: str = "05"
) -> str:
    columns = [str(number), name, name, others, "48.5", "37.5", feature, code, "UA", "", admin1]
    return "\t".join([*columns, "", "", "", "321", "", "100", "Europe/Kyiv", "2024-01-01"])


PLACES = [
    row(1, "Robotyne", "Роботине,Работино,rwbwtynh,ロボティネ"),
    row(2, "Klishchiivka", "Кліщіївка,Клещеевка", admin1="99"),
    row(3, "Dymytrov", "Димитров"),
    row(709716, "Donets'ka Oblast'", feature="A", code="ADM1"),
    row(99, "Nova Oblast", feature="A", code="ADM1", admin1="99"),
    row(5, "River", feature="H", code="STM"),
    row(6, "Gone", code="PPLH"),
]
NAMES = [
    "1\t1\tuk\tРоботине\t1\t\t\t\t\t",
    "2\t1\tru\tРаботино\t\t\t\t\t\t",
    "3\t1\tuk\tСтаре\t\t\t\t1\t1923-05-01\t1964",
    "4\t1\tlink\thttps://example.org\t\t\t\t\t\t",
    "5\t1\tja\tロボティネ\t\t\t\t\t\t",
    "6\t99\tuk\tНова область\t\t\t\t\t\t",
    "7\t12345\tuk\tДеінде\t\t\t\t\t\t",
]


def packed(path: Path, lines: list[str] | bytes, table: str, beside: str = "readme.txt") -> Path:
    body = lines if isinstance(lines, bytes) else "".join(f"{line}\n" for line in lines).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(beside, "The GeoNames geographical database")
        archive.writestr(table, body)
    return path


@pytest.fixture
def ua(tmp_path: Path) -> Path:
    return packed(tmp_path / "UA.zip", PLACES, "UA.txt")


@pytest.fixture
def alternates(tmp_path: Path) -> Path:
    return packed(tmp_path / "alternateNamesV2.zip", NAMES, "alternateNamesV2.txt", "iso-languagecodes.txt")


def loaded(path: Path, alternates: Path | None = None) -> tuple[Dump, Problems]:
    problems = Problems()
    return read_dump(path, alternates, problems, lambda _: None), problems


def test_every_village_is_read_and_nothing_else(ua: Path) -> None:
    dump, problems = loaded(ua)
    assert [raw.name for raw in dump.settlements] == ["Robotyne", "Klishchiivka", "Dymytrov"]
    assert problems.count == 0


def test_names_come_with_the_languages_kinds_and_years_that_the_alternate_names_tell(
    ua: Path, alternates: Path
) -> None:
    dump, _ = loaded(ua, alternates)
    robotyne = next(s for s in build(dump.settlements, dump.regions)["UA"] if s.geonames_id == 1)
    names = {name.text: name for name in robotyne.names}
    assert (names["Роботине"].language, names["Роботине"].kind) == ("uk", NameKind.OFFICIAL)
    assert (names["Работино"].language, names["Работино"].kind) == ("ru", NameKind.OFFICIAL)
    former = names["Старе"]
    assert (former.language, former.kind, former.since, former.until) == ("uk", NameKind.FORMER, 1923, 1964)
    assert not any("example" in text or "ロ" in text for text in names)


def test_without_alternate_names_languages_are_told_by_letters(ua: Path) -> None:
    dump, _ = loaded(ua)
    robotyne = build(dump.settlements, dump.regions)["UA"][0]
    told = {(name.language, name.text) for name in robotyne.names if name.kind is NameKind.OFFICIAL}
    assert told == {("en", "Robotyne"), ("uk", "Роботине"), ("ru", "Работино")}


def test_regions_are_named_by_our_table_and_else_by_the_dump(ua: Path, alternates: Path) -> None:
    dump, _ = loaded(ua, alternates)
    regions = {s.geonames_id: s.region_names for s in build(dump.settlements, dump.regions)["UA"]}
    assert regions[1] == ("Donetsk Oblast", "Донецька область", "Донецкая область")
    assert regions[2] == ("Nova Oblast", "Нова область")


def test_the_bytes_read_are_told_and_add_up_to_the_size(ua: Path) -> None:
    told: list[int] = []
    read_dump(ua, None, Problems(), told.append)
    assert sum(told) == size(ua) > 0


BROKEN_LINES = {
    "1\ttoo few": "2 columns instead of 19",
    row(7, "").replace("48.5", "north"): "could not convert string to float",
    row(7, "Far").replace("48.5", "98.5"): "no position in degrees",
    row(7, "Nan").replace("48.5", "nan"): "no position in degrees",
    row(7, ""): "no name or no country",
    row(7, "Many").replace("321", "many"): "no whole number",
    row(7, "Which").replace("7\t", "seven\t", 1): "no whole number",
}


@pytest.mark.parametrize("line", BROKEN_LINES)
def test_a_broken_line_is_told_with_file_and_number_and_loses_nothing_else(line: str, tmp_path: Path) -> None:
    path = packed(tmp_path / "UA.zip", [PLACES[0], line, PLACES[1]], "UA.txt")
    dump, problems = loaded(path)
    assert [raw.geonames_id for raw in dump.settlements] == [1, 2]
    assert problems.count == 1
    assert problems.told[0].startswith("UA.zip: UA.txt, line 2: ")
    assert BROKEN_LINES[line] in problems.told[0]


def test_a_line_that_is_not_utf_8_is_told_with_its_number(tmp_path: Path) -> None:
    body = PLACES[0].encode() + b"\n\xff\xfe\n" + PLACES[1].encode()
    dump, problems = loaded(packed(tmp_path / "UA.zip", body, "UA.txt"))
    assert len(dump.settlements) == 2
    assert problems.told == ["UA.zip: UA.txt, line 2: not UTF-8; left out"]


def test_a_broken_alternate_name_is_told_and_loses_nothing_else(ua: Path, tmp_path: Path) -> None:
    names = packed(
        tmp_path / "names.zip", ["1\t1\tuk", "x\ty\tuk\tНі\t\t\t\t\t\t", *NAMES], "alternateNamesV2.txt"
    )
    dump, problems = loaded(ua, names)
    assert problems.count == 2
    assert any(s.text == "Роботине" and s.language == "uk" for s in dump.settlements[0].spellings)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    at = data.index(b"UA.txt") + 20
    data[at] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize(
    "spoil", [cut, flip, lambda path: path.write_bytes(b"no zip"), lambda path: path.unlink()]
)
def test_a_broken_zip_is_an_error_that_says_what_to_do_and_writes_nothing(
    spoil: object, ua: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(ua)  # type: ignore[operator]
    with pytest.raises(GazetteerError, match=r"download\.geonames\.org/export/dump"):
        loaded(ua)
    monkeypatch.setenv("PLACEWATCH_DATA", str(tmp_path / "data"))
    assert CliRunner().invoke(app, ["import", str(ua)]).exit_code == 1
    assert not (tmp_path / "data").exists()


def test_a_file_of_something_else_is_an_error_that_says_what_is_wanted(tmp_path: Path) -> None:
    rivers = packed(tmp_path / "rivers.zip", [PLACES[5]], "rivers.txt")
    with pytest.raises(GazetteerError, match=r"country file of GeoNames, like UA\.zip"):
        loaded(rivers)
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        archive.writestr("a.txt", "")
        archive.writestr("b.txt", "")
    with pytest.raises(GazetteerError, match="2 tables instead of one"):
        loaded(tmp_path / "many.zip")


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=300))
def test_any_bytes_in_the_table_are_told_or_read(
    body: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = packed(tmp_path_factory.mktemp("wild") / "UA.zip", PLACES[0].encode() + b"\n" + body, "UA.txt")
    dump, problems = loaded(path)
    assert dump.settlements[0].name == "Robotyne"
    assert len(problems.told) <= problems.count


def test_import_writes_a_file_that_load_prefers(
    ua: Path, alternates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLACEWATCH_DATA", str(tmp_path / "data"))
    result = CliRunner().invoke(app, ["import", str(ua), str(alternates)])
    assert result.exit_code == 0, result.output
    assert "CC BY 4.0" in result.output
    found = Gazetteer.load(tmp_path / "data" / "gazetteer", ["UA"])
    assert found.find("Клещеевка")[0].settlement.name == "Klishchiivka"
    assert found.find("Работино", region="Донецька")[0].how == "exact"


def test_import_with_broken_lines_writes_the_rest_and_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLACEWATCH_DATA", str(tmp_path / "data"))
    path = packed(tmp_path / "UA.zip", [*PLACES, "broken", "broken\ttoo"], "UA.txt")
    result = CliRunner().invoke(app, ["import", str(path)])
    assert result.exit_code == 1
    assert "line 8" in result.output
    assert "2 broken lines were left out" in result.output
    assert len(Gazetteer.load(tmp_path / "data" / "gazetteer", ["UA"])) == 3
