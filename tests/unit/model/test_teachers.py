"""Teachers that are tiny encoders themselves. `make test-finetune` installs what this needs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra finetune is not installed")
transformers = pytest.importorskip("transformers", reason="the extra finetune is not installed")

from tests.unit.model.encoders import VOCABULARY  # noqa: E402
from tests.unit.model.test_finetune import COMMENTS, WEIGHTS, settings  # noqa: E402, F401
from yousaid.errors import InputError  # noqa: E402
from yousaid.frameworks import get_framework  # noqa: E402
from yousaid.model.finetune import fine_tune  # noqa: E402
from yousaid.model.network import Network  # noqa: E402
from yousaid.model.settings import EncoderSettings, TeacherSettings  # noqa: E402
from yousaid.model.targets import Told, split_comments  # noqa: E402
from yousaid.model.teachers import ask_network, ask_teachers  # noqa: E402

LINES = "\n".join(VOCABULARY).encode()
FOOD, PARKING = (get_framework().topic_ids.index(topic) for topic in ("food", "parking"))


@pytest.fixture
def taught(settings: EncoderSettings) -> EncoderSettings:  # noqa: F811
    teacher = TeacherSettings(settings.base, "big", "MIT", 2, 5, 4, 3e-3, 0.25, 0.5, 0.5)
    return replace(settings, teacher=teacher)


def _ask(settings: EncoderSettings, said: list[str], checkpoint: Path | None = None) -> Told:  # noqa: F811
    told = ask_teachers(settings, COMMENTS, WEIGHTS, LINES, said.append, checkpoint)
    assert told is not None
    return told


def test_ask_teachers_tell_what_they_did_not_learn(taught: EncoderSettings) -> None:
    said: list[str] = []
    told = _ask(taught, said)
    assert [line.partition(",")[0] for line in said] == ["teacher 1"] * 5 + ["teacher 2"] * 5
    is_food = np.array([comment.topics["food"] for comment in COMMENTS])
    assert told.topics[is_food, FOOD].mean() > told.topics[~is_food, FOOD].mean()
    assert told.topics[~is_food, PARKING].mean() > told.topics[is_food, PARKING].mean()
    assert told.levels.sum(1) == pytest.approx(1, abs=1e-4)


def test_ask_teachers_none(settings: EncoderSettings) -> None:  # noqa: F811
    assert ask_teachers(settings, COMMENTS, WEIGHTS, LINES, print, None) is None


def test_ask_teachers_again_takes_what_was_kept(taught: EncoderSettings, tmp_path: Path) -> None:
    first, again = _ask(taught, [], tmp_path / "run.pt"), []
    kept = _ask(taught, again, tmp_path / "run.pt")
    assert not again
    assert (kept.topics == first.topics).all()
    assert (kept.levels == first.levels).all()


def test_ask_teachers_stopped_go_on(taught: EncoderSettings, tmp_path: Path) -> None:
    said: list[str] = []

    def stop(line: str) -> None:
        said.append(line)
        if len(said) == 7:
            raise KeyboardInterrupt

    checkpoint = tmp_path / "run.pt"
    with pytest.raises(KeyboardInterrupt):
        ask_teachers(taught, COMMENTS, WEIGHTS, LINES, stop, checkpoint)
    rest: list[str] = []
    told = _ask(taught, rest, checkpoint)
    # The second teacher was stopped before its second epoch was kept.
    assert [line.rpartition(",")[0] for line in rest] == [
        f"teacher 2, epoch {epoch} of 5" for epoch in (2, 3, 4, 5)
    ]
    assert (told.topics == _ask(taught, []).topics).all()


def test_ask_teachers_without_a_base(taught: EncoderSettings, tmp_path: Path) -> None:
    assert taught.teacher is not None
    lost = replace(taught, teacher=replace(taught.teacher, base=str(tmp_path)))
    with pytest.raises(InputError, match="lacks"):
        _ask(lost, [])


def test_fine_tune_learns_from_teachers(
    settings: EncoderSettings,  # noqa: F811
    taught: EncoderSettings,
) -> None:
    with_teacher = fine_tune(taught, COMMENTS, WEIGHTS).graph
    assert with_teacher != fine_tune(settings, COMMENTS, WEIGHTS).graph
    assert with_teacher == fine_tune(taught, COMMENTS, WEIGHTS).graph


def test_ask_network_in_the_order_asked(settings: EncoderSettings) -> None:  # noqa: F811
    network = Network(Path(settings.base), 0.1, LINES)
    comments = [
        replace(COMMENTS[0], text=text) for text in ("the food the food", " ", "a", "a car")
    ]
    pieces = split_comments(comments, LINES)
    found = ask_network(network, pieces)
    assert not found[1].any()
    for row in (0, 2, 3):
        assert found[row] == pytest.approx(ask_network(network, [pieces[row]])[0], abs=1e-5)
