"""The rows of a part, and how many are written together."""

from pathlib import Path

import duckdb

from tests.unit.parts.folder import write_part
from tests.unit.parts.test_read import make_plan
from yousaid.duck import connect_duckdb
from yousaid.parts.folders import Part
from yousaid.parts.source import Source


def _open(path: Path, duck: duckdb.DuckDBPyConnection) -> Source:
    return Source(duck, Part(path.name, path, path))


def test_read_gives_some_rows_at_a_time(tmp_path: Path) -> None:
    write_part(tmp_path / "a.parquet", 2500)
    with connect_duckdb() as duck:
        source = _open(tmp_path / "a.parquet", duck)
        found = [*source.read(make_plan())]
        unasked = [*source.read(make_plan(question_column=None))]
    assert [len(rows) for rows in found] == [1000, 1000, 500]
    assert found[0][0] == ("The food was cold", "What was good?")
    assert unasked[0][0] == ("The food was cold", None)


def test_rows_in_a_group_are_fewer_where_they_are_long(tmp_path: Path) -> None:
    counts = {}
    for length in (0, 1, 1000, 4000):
        path = tmp_path / f"{length}.parquet"
        with connect_duckdb() as duck:
            duck.sql(
                f"SELECT repeat(md5(n::VARCHAR), {length}) AS said FROM range(2000) t(n)"
            ).write_parquet(str(path))
            counts[length] = _open(path, duck).get_group_rows()
    assert counts[0] == counts[1] == 122_880
    assert counts[4000] == 2_048
    assert 2_048 <= counts[1000] < 2_200


def test_rows_in_a_group_of_none(tmp_path: Path) -> None:
    write_part(tmp_path / "a.parquet", 0)
    with connect_duckdb() as duck:
        assert _open(tmp_path / "a.parquet", duck).get_group_rows() == 122_880


def test_find_fault_where_there_is_none(tmp_path: Path) -> None:
    write_part(tmp_path / "a.parquet", 3)
    with connect_duckdb() as duck:
        assert _open(tmp_path / "a.parquet", duck).find_fault() is None
