"""What a part says of itself, and when it is to be read again."""

import json
from dataclasses import fields, replace
from pathlib import Path

import duckdb
import pytest

from tests.unit.parts.folder import write_part
from tests.unit.parts.test_read import make_plan
from yousaid.duck import quote
from yousaid.errors import OutputError
from yousaid.parts.folders import Part
from yousaid.parts.record import Plan, find_undone


def _make_done(folder: Path, plan: Plan) -> Part:
    part = Part("a.parquet", folder / "a.parquet", folder / "out.parquet")
    write_part(part.source, 3)
    with duckdb.connect() as duck:
        duck.execute(
            f"COPY (SELECT 1) TO {quote(str(part.target))} (FORMAT parquet, KV_METADATA "
            f"{{yousaid: {quote(plan.make_record(part.source))}}})"
        )
    return part


def test_find_undone_keeps_what_is_done(tmp_path: Path) -> None:
    part = _make_done(tmp_path, make_plan())
    missing = Part("b.parquet", tmp_path / "b.parquet", tmp_path / "b")
    assert find_undone([part, missing], make_plan()) == [missing]


CHANGES = {
    "text": "other 'it''s'",
    "question_column": None,
    "kind": "what_good",
    "model_label": "another",
    "with_probabilities": True,
    "with_mentions": True,
}


@pytest.mark.parametrize("name", CHANGES)
def test_find_undone_when_an_option_changed(tmp_path: Path, name: str) -> None:
    plan = make_plan()
    part = _make_done(tmp_path, plan)
    changed = replace(plan, **{name: CHANGES[name]})
    assert find_undone([part], changed) == [part]
    assert not find_undone([_make_done(tmp_path, changed)], changed)


def test_every_option_counts() -> None:
    # The label stands for model and point.
    assert {field.name for field in fields(Plan)} == {*CHANGES, "model", "operating_point"}


def test_find_undone_when_the_source_changed_and_looks_alike(tmp_path: Path) -> None:
    part = _make_done(tmp_path, make_plan())
    content = bytearray(part.source.read_bytes())
    content[100] ^= 1
    part.source.write_bytes(content)
    assert find_undone([part], make_plan()) == [part]


def test_find_undone_when_the_source_cannot_be_read(tmp_path: Path) -> None:
    part = _make_done(tmp_path, make_plan())
    part.source.unlink()
    assert find_undone([part], make_plan()) == [part]


def test_find_undone_refuses_what_is_not_ours(tmp_path: Path) -> None:
    part = _make_done(tmp_path, make_plan())
    strangers = [part.source.read_bytes(), b"", part.target.read_bytes()[:-4]]
    for stranger in strangers:
        part.target.write_bytes(stranger)
        with pytest.raises(OutputError, match="was not made from a part of a folder"):
            find_undone([part], make_plan())


def test_record_names_what_it_was_made_of(tmp_path: Path) -> None:
    part = _make_done(tmp_path, make_plan())
    record = json.loads(make_plan().make_record(part.source))
    assert record["model_label"] == make_plan().model_label
    assert len(record["source_sha256"]) == 64
