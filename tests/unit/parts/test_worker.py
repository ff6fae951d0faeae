"""The process that reads parts, and several of them."""

import io
import json
import os
import signal
from pathlib import Path

import pytest

from tests.unit.parts.folder import get_rows, write_part
from tests.unit.parts.test_read import make_plan
from yousaid.errors import ModelError
from yousaid.parts import pool
from yousaid.parts.folders import Part
from yousaid.parts.worker import serve


def _make_parts(folder: Path, count: int, row_count: int = 3) -> list[Part]:
    parts = [
        Part(f"{n}.parquet", folder / f"{n}.parquet", folder / "out" / f"{n}.parquet")
        for n in range(count)
    ]
    for part in parts:
        write_part(part.source, row_count)
    (folder / "work").mkdir()
    return parts


def _ask(plan: dict[str, object], parts: list[Part], work: Path) -> list[dict[str, object]]:
    asked = [[part.name, str(part.source), str(part.target), str(work)] for part in parts]
    answers = io.StringIO()
    serve(io.StringIO("\n".join(map(json.dumps, [plan, *asked]))), answers)
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def _get_plan(**changed: object) -> dict[str, object]:
    plan = make_plan(**changed)
    return {name: getattr(plan, name) for name in plan.__dataclass_fields__}


def test_serve_answers_for_each_part(tmp_path: Path) -> None:
    good, bad, refused = _make_parts(tmp_path, 3)
    bad.source.unlink()
    refused = Part(refused.name, refused.source, refused.source / "below a file")
    answers = _ask(_get_plan(), [bad, good, refused], tmp_path / "work")
    kinds = [answer["kind"] for answer in answers]
    assert kinds == ["ready", "failed", *("rows", "rows", "done"), *("rows", "rows", "failed")]
    assert str(answers[1]["message"]).startswith("1.parquet cannot be read (No such file")
    assert [answers[place]["is_final"] for place in (1, -1)] == [False, True]
    assert good.target.exists()
    assert not [*(tmp_path / "work").iterdir()]


def test_serve_reads_by_no_other_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="changed"):
        _ask(_get_plan(model_label="another"), [], tmp_path)


def test_read_parts_by_two_processes(tmp_path: Path) -> None:
    parts = _make_parts(tmp_path, 5)
    events = [*pool.read_parts(parts, make_plan(), tmp_path / "work", 2)]
    assert {event.part for event in events if event.is_done} == {*parts}
    assert sum(event.row_count for event in events) == 15
    assert all(len(get_rows(part.target)) == 3 for part in parts)


def test_read_parts_when_a_process_is_killed(tmp_path: Path) -> None:
    parts = _make_parts(tmp_path, 4, 1500)
    victims: list[int] = []
    outcomes = {}
    for event in pool.read_parts(parts, make_plan(), tmp_path / "work", 1):
        if event.row_count and not victims:
            victims = _get_children()
            for victim in victims:
                os.kill(victim, signal.SIGKILL)
        if event.is_done or event.failure:
            outcomes[event.part] = event.failure
    lost = [part for part, failure in outcomes.items() if failure]
    assert victims
    assert len(outcomes) == 4
    assert len(lost) == 1
    assert "died (signal 9). There may be too little memory" in str(outcomes[lost[0]])
    assert not lost[0].target.exists()


def _get_children() -> list[int]:
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return [int(child) for child in children.split()]


def test_read_parts_left_early_ends_its_processes(tmp_path: Path) -> None:
    parts = _make_parts(tmp_path, 2, 1500)
    events = pool.read_parts(parts, make_plan(), tmp_path / "work", 2)
    next(events)
    events.close()
    assert not _get_children()


def test_read_parts_where_no_process_can_start(tmp_path: Path) -> None:
    parts = _make_parts(tmp_path, 1)
    plan = make_plan(model_label="another")
    with pytest.raises(RuntimeError, match="could not start"):
        [*pool.read_parts(parts, plan, tmp_path / "work", 1)]


def test_read_parts_none(tmp_path: Path) -> None:
    assert not [*pool.read_parts([], make_plan(), tmp_path, 2)]
