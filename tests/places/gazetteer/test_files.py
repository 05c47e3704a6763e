"""Files of countries: written whole, read back the same, refused when they are not ours."""

from __future__ import annotations

import lzma
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.places.gazetteer import Gazetteer, GazetteerError, Settlement
from bot.places.gazetteer.file import encode, read, write
from storage.records import NameKind, PlaceName


def settlement(number: int = 1, name: str = "Testove", **changes: object) -> Settlement:
    plain = {
        "geonames_id": number,
        "name": name,
        "country": "UA",
        "region": "Donetsk Oblast",
        "region_names": ("Donetsk Oblast", "Донецька область"),
        "latitude": 48.28014,
        "longitude": -37.5,
        "population": 12,
        "names": (
            PlaceName(place_id=0, text=name, language="en", source="gazetteer"),
            PlaceName(
                place_id=0,
                text="Давнє",
                language="uk",
                kind=NameKind.FORMER,
                until=2016,
                source="gazetteer",
            ),
            PlaceName(place_id=0, text="Лиман", language="", kind=NameKind.ALIAS, source="gazetteer"),
        ),
        "left_out": (
            PlaceName(place_id=0, text="Чуже", language="uk", kind=NameKind.ALIAS, source="gazetteer"),
        ),
    }
    return Settlement(**(plain | changes))  # type: ignore[arg-type]


def make(folder: Path, *settlements: Settlement, country: str = "UA") -> Path:
    path = folder / f"{country}.gaz"
    write(path, encode(country, settlements))
    return path


def test_what_is_written_is_read_back_the_same(tmp_path: Path) -> None:
    written = [settlement(1), settlement(2, "Drugove", region="", region_names=(), left_out=())]
    country = read(make(tmp_path, *written))
    assert [country.settlement(at) for at in range(2)] == written


@settings(max_examples=50, deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_no_name_breaks_a_file(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    wild = settlement(names=(PlaceName(place_id=0, text=text, language="en", source="gazetteer"),))
    country = read(make(tmp_path_factory.mktemp("wild"), wild, settlement(2)))
    assert country.settlement(0).left_out == wild.left_out
    assert country.settlement(1) == settlement(2)


def test_a_former_name_keeps_its_years_and_an_alias_its_unknown_language(tmp_path: Path) -> None:
    make(tmp_path, settlement())
    found = Gazetteer.load(tmp_path, ["UA"])
    former = found.find("Давне")[0].matched
    assert (former.since, former.until) == (None, 2016)
    assert found.find("Лиман")[0].matched.language == ""
    assert found.find("Чуже") == []


def test_the_operators_file_wins_over_the_packaged_one(tmp_path: Path) -> None:
    make(tmp_path, settlement())
    assert len(Gazetteer.load(tmp_path, ["ua"])) == 1
    assert len(Gazetteer.load(tmp_path / "nothing here", ["UA"])) > 5000
    assert len(Gazetteer.load(tmp_path)) > 10_000  # the neighbours are the packaged ones


def test_a_country_without_a_file_is_an_error_that_tells_the_command() -> None:
    with pytest.raises(GazetteerError, match="placewatch gazetteer build --countries KZ"):
        Gazetteer.load(countries=["UA", "KZ"])


def test_another_version_is_refused_and_the_error_tells_how_to_mend_it(tmp_path: Path) -> None:
    path = make(tmp_path, settlement())
    path.write_bytes(path.read_bytes().replace(b"gazetteer 1 ", b"gazetteer 2 ", 1))
    with pytest.raises(
        GazetteerError, match=r"made for another version of placewatch: run `placewatch gazetteer build`"
    ):
        Gazetteer.load(tmp_path, ["UA"])


def broken(data: bytes) -> dict[str, bytes]:
    header, _, packed = data.partition(b"\n")
    return {
        "empty": b"",
        "cut in the header": data[:15],
        "cut in the middle": data[: len(data) // 2],
        "a byte flipped": data[:-40] + bytes([data[-40] ^ 1]) + data[-39:],
        "something else": b"PK\x03\x04" + bytes(100),
        "no lines": header + b"\n" + lzma.compress(b""),
        "not UTF-8": header + b"\n" + lzma.compress(b"\xff\xfe"),
        "a line too few": header.replace(b" 2", b" 3") + b"\n" + packed,
        "no count": header.rpartition(b" ")[0] + b"\n" + packed,
    }


@pytest.mark.parametrize("how", broken(b"x" * 100))
def test_a_broken_file_is_refused_and_the_error_tells_how_to_mend_it(how: str, tmp_path: Path) -> None:
    path = make(tmp_path, settlement(), settlement(2))
    path.write_bytes(broken(path.read_bytes())[how])
    with pytest.raises(GazetteerError, match="placewatch gazetteer build") as caught:
        Gazetteer.load(tmp_path, ["UA"])
    assert str(path) in str(caught.value)


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = make(tmp_path, settlement())
    old = path.read_bytes()
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(GazetteerError, match="can't be written"):
        write(tmp_path / "file" / "UA.gaz", b"new")
    assert path.read_bytes() == old
    assert sorted(found.name for found in tmp_path.iterdir()) == ["UA.gaz", "file"]


@pytest.mark.slow
def test_ukraine_takes_less_than_40_megabytes() -> None:
    """Resident memory of a process that loads Ukraine and looks names up, above one that only imports."""
    code = (
        "import resource, sys\n"
        "from bot.places.gazetteer import Gazetteer\n"
        "if sys.argv[1:]: found = Gazetteer.load(countries=['UA']); found.find('Pokrovsk'); found.find('Pokrovks')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    root = Path(__file__).parents[3]
    bare, loaded = (
        int(
            subprocess.run(
                [sys.executable, "-c", code, *extra], cwd=root, capture_output=True, check=True
            ).stdout
        )
        for extra in ([], ["load"])
    )
    assert (loaded - bare) / 1024 < 40
