"""What a path means, and what is said where it means nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.errors import Mendable
from bot.exports import find


def test_a_file_a_folder_and_the_folder_around_one_export(tmp_path: Path) -> None:
    export = tmp_path / "ChatExport_2025-11-02"
    export.mkdir()
    file = export / "result.json"
    file.write_text("{}")
    assert find(file) == find(export) == find(tmp_path) == file


def test_several_exports_are_named(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"ChatExport_{number:02}").mkdir()
        (tmp_path / f"ChatExport_{number:02}" / "result.json").write_text("{}")
    with pytest.raises(Mendable, match=r"12 exports(.|\n)*ChatExport_00(.|\n)*and 2 more"):
        find(tmp_path)


@pytest.mark.parametrize("name", ["messages.html", "messages2.html", "export_results.html"])
def test_an_export_as_html_is_told_with_how_to_make_json(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<html>")
    for path in (tmp_path, tmp_path / name):
        with pytest.raises(Mendable, match=r"as HTML(.|\n)*Machine-readable JSON"):
            find(path)


def test_an_empty_folder_a_missing_one_and_a_pipe(tmp_path: Path) -> None:
    with pytest.raises(Mendable, match=r"no result\.json"):
        find(tmp_path)
    with pytest.raises(Mendable, match="There is no"):
        find(tmp_path / "nothing")
    with pytest.raises(Mendable, match="can't be read: File name too long"):
        find(tmp_path / ("a" * 300))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Mendable, match="no file"):
        find(tmp_path / "pipe")
