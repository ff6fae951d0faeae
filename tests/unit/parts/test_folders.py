"""Which parts there are, and where they may go."""

from pathlib import Path

import pytest

from yousaid.errors import InputError, OutputError
from yousaid.parts.folders import (
    Part,
    check_folders,
    find_parts,
    open_work_folder,
    put_in_place,
)


def _touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_find_parts_in_folders_within_by_name(tmp_path: Path) -> None:
    names = ["b.parquet", "a/month=2/x.PARQUET", "a/month=1/x.parquet"]
    others = ["_SUCCESS", "a/_temporary/y.parquet", ".z.parquet", "a/_z.parquet", "c.csv"]
    _touch(*(tmp_path / name for name in (*names, *others)))
    found = find_parts(tmp_path, Path("out"))
    assert [part.name for part in found] == sorted(names)
    assert found[0] == Part(names[2], tmp_path / names[2], Path("out") / names[2])


def test_find_parts_where_there_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no Parquet files"):
        find_parts(tmp_path, Path("out"))


def test_find_parts_refuses_a_delta_table(tmp_path: Path) -> None:
    _touch(tmp_path / "comments" / "_delta_log" / "0.json", tmp_path / "comments" / "a.parquet")
    with pytest.raises(InputError, match="is a Delta table"):
        find_parts(tmp_path, Path("out"))


@pytest.mark.parametrize("target", ["in", "in/read", ".", "link"])
def test_check_folders_that_lie_in_each_other(tmp_path: Path, target: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "link").symlink_to("in")
    with pytest.raises(OutputError, match="lie in each other"):
        check_folders(tmp_path / "in", tmp_path / target)


def test_check_folders_that_are_none(tmp_path: Path) -> None:
    _touch(tmp_path / "file")
    (tmp_path / "in").mkdir()
    with pytest.raises(InputError, match="is not a folder"):
        check_folders(tmp_path / "file", tmp_path / "out")
    with pytest.raises(OutputError, match="is a file"):
        check_folders(tmp_path / "in", tmp_path / "file")
    check_folders(tmp_path / "in", tmp_path / "out" / "deep")
    assert not (tmp_path / "out").exists()


def test_open_work_folder_clears_what_was_left(tmp_path: Path) -> None:
    _touch(tmp_path / ".yousaid-left" / "part.parquet", tmp_path / "kept.parquet")
    with open_work_folder(tmp_path) as work:
        assert {*tmp_path.iterdir()} == {work, tmp_path / "kept.parquet"}
        with pytest.raises(OutputError, match="Another run is writing"), open_work_folder(tmp_path):
            pass
        assert work.exists()
    assert [*tmp_path.iterdir()] == [tmp_path / "kept.parquet"]


def test_put_in_place_over_what_was_there(tmp_path: Path) -> None:
    part = Part("a/b/x", tmp_path / "in", tmp_path / "out" / "a" / "b" / "x")
    part.source.touch(0o640)
    for content in ("old", "new"):
        made = tmp_path / "made"
        made.write_text(content)
        put_in_place(made, part)
    assert part.target.read_text() == "new"
    assert not made.exists()
    assert part.target.stat().st_mode & 0o777 == 0o640
