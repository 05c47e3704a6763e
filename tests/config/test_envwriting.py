import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from config import envfile, envwriting
from config.envwriting import changed, write


def test_what_is_there_stays_with_its_comments_and_order(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# ours\nA=1\n\n# the second\nexport PLACEWATCH_B = 'old' # why\nC='3'")
    write(path, {"PLACEWATCH_B": "new one", "PLACEWATCH_D": "4"})
    assert path.read_text() == (
        "# ours\nA=1\n\n# the second\nPLACEWATCH_B='new one'\nC='3'\nPLACEWATCH_D=4\n"
    )


def test_the_file_is_private_and_a_link_goes_on_pointing_where_it_points(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("A=1\n")
    (tmp_path / "elsewhere").chmod(0o644)
    (tmp_path / ".env").symlink_to("elsewhere")
    write(tmp_path / ".env", {"B": "2"})
    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "elsewhere").read_text() == "A=1\nB=2\n"
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o600
    assert len(list(tmp_path.iterdir())) == 2


def test_the_last_of_several_is_changed_whatever_its_case() -> None:
    assert changed("a=1\nA=2\n", {"A": "3"}) == "a=1\nA=3\n"


def test_a_value_of_several_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="one line"):
        changed("", {"A": "1\nB=2"})


lines = some.text(some.characters(exclude_categories=["Cs", "Cc"]))


@settings(deadline=None, max_examples=40)  # each example waits for the disk
@given(lines, lines, some.sampled_from(["", "A=0\n", "# A=0\nB=1", "A='x'\n# end\n", "A=\n"]))
def test_every_value_is_read_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, first: str, second: str, before: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "some.env"
    path.write_text(before, "utf-8")
    write(path, {"A": first})
    write(path, {"A": second, "Z": first})
    found, problems = envfile.read(path)
    assert (found["A"], found["Z"], problems) == (second, first, [])
    assert ("# end" in path.read_text("utf-8").splitlines()) == ("# end" in before)


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    with pytest.raises(ValueError, match="one line"):
        envwriting.write(path, {"A": "\x00"})
    assert path.read_text() == "A=1\n"
    assert len(list(tmp_path.iterdir())) == 1
