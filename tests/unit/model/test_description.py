import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from yousaid.errors import ModelError
from yousaid.frameworks import get_framework
from yousaid.model.artefact import DESCRIPTION, get_model_folder
from yousaid.model.description import is_name, parse_description, write_description

Change = Callable[[dict[str, Any]], object]
NAN = float("nan")


@pytest.fixture
def values() -> dict[str, Any]:
    text = (get_model_folder("fast") / DESCRIPTION).read_text("utf-8")
    return copy.deepcopy(parse_description(text.encode(), "it"))


def _refuse(text: str | bytes) -> str:
    with pytest.raises(ModelError) as caught:
        parse_description(text if isinstance(text, bytes) else text.encode(), "it")
    said = str(caught.value)
    assert said.startswith("it ")
    assert said.isprintable()
    assert len(said) < 200
    return said


FAULTS: dict[str, Change] = {
    "no name": lambda v: v.update(name=""),
    "name of a line feed": lambda v: v.update(name="fast\n"),
    "name of a mark that turns text": lambda v: v.update(name="fast\u202e"),
    "name like a formula": lambda v: v.update(name="=1+1"),
    "version is a number": lambda v: v.update(version=1),
    "no thresholds": lambda v: v.update(thresholds={}),
    "thresholds of one point": lambda v: v["thresholds"].pop("find_all"),
    "too few thresholds": lambda v: v["thresholds"]["balanced"].pop(),
    "threshold over 1": lambda v: v["thresholds"]["balanced"].__setitem__(0, 1.5),
    "threshold under 0": lambda v: v["thresholds"]["find_all"].__setitem__(0, -0.1),
    "threshold is a truth": lambda v: v["thresholds"]["balanced"].__setitem__(0, True),
    "threshold is a text": lambda v: v["thresholds"]["balanced"].__setitem__(0, "0.5"),
    "threshold is enormous": lambda v: v["thresholds"]["balanced"].__setitem__(0, 10**400),
    "find all is stricter": lambda v: v["thresholds"]["find_all"].__setitem__(
        0, v["thresholds"]["balanced"][0] + 0.01
    ),
    "mixed threshold is none": lambda v: v.update(mixed_threshold=None),
    "files is a list": lambda v: v.update(files=[]),
    "no weights": lambda v: v["files"].clear(),
    "a file elsewhere": lambda v: v["files"].update({"../elsewhere": "0" * 64}),
    "digest is a number": lambda v: v["files"].update({"weights.safetensors": 5}),
    "card is a list": lambda v: v.update(card=[]),
    "no sources": lambda v: v["card"].pop("sources"),
    "source without digest": lambda v: v["card"]["sources"][0].pop("sha256"),
    "scores of no topic": lambda v: v["card"]["scores"]["topics"][0].update(topic="weather"),
    "scores that are text": lambda v: v["card"]["scores"].update(micro_f1="good"),
    "licence is missing": lambda v: v["card"].pop("licence"),
    "licence of two lines": lambda v: v["card"].update(licence="MIT\nor so"),
    "base model without licence": lambda v: v["card"].update(base_model={"name": "x"}),
    "teacher without licence": lambda v: v["card"].update(teacher={"name": "x"}),
    "other framework version": lambda v: v["framework"].update(version="8"),
    "no such topic": lambda v: v["topics"].__setitem__(0, "weather"),
}


def test_parse_description_of_what_was_written(values: dict[str, Any]) -> None:
    assert parse_description(write_description(values).encode(), "it") == values


@pytest.mark.parametrize("fault", FAULTS)
def test_parse_description_value_that_no_training_leaves(
    values: dict[str, Any], fault: str
) -> None:
    FAULTS[fault](values)
    _refuse(write_description(values))


@pytest.mark.parametrize("key", ["name", "card", "sha256", "topics", "format"])
def test_parse_description_key_missing(values: dict[str, Any], key: str) -> None:
    del values[key]
    _refuse(json.dumps(values))


def test_parse_description_key_too_many(values: dict[str, Any]) -> None:
    assert "do not know" in _refuse(write_description({**values, "more": 1}))


def test_parse_description_changed_by_hand(values: dict[str, Any]) -> None:
    values["thresholds"]["balanced"][0] /= 2
    assert "SHA-256" in _refuse(json.dumps(values))


def test_parse_description_other_version_says_which(values: dict[str, Any]) -> None:
    framework = get_framework()
    values["framework"] = {"name": framework.name, "version": "9+9"}
    said = _refuse(write_description(values))
    assert f"{framework.name} {framework.version}" in said
    assert "9+9" not in said


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_parse_description_number_that_is_none(values: dict[str, Any], number: str) -> None:
    values["mixed_threshold"] = 0.25
    text = write_description(values).replace('threshold": 0.25', f'threshold": {number}')
    _refuse(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "[]", "3", '"yousaid model 4"', "{}", '{"format": {}}', "[" * 500_000),
        '{"format": ' + '{"a":' * 200_000,
        '{"format": "secret words of a patient that stand in a file that is none of ours"}',
        '{"format": "yousaid model 4", "name": "\\ud800"}',
        "1" * 5000,
        b"\xff\xfe{}",
    ],
)  # fmt: skip
def test_parse_description_no_description(text: str | bytes) -> None:
    assert "patient" not in _refuse(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("fast", True), ("1.2", True), ("Ölgemälde", True), ("a" * 60, True)),
        *((" a", False), ("a\x00", False), ("a" * 61, False), ("", False), (None, False)),
        *(("@SUM(1)", False), ("a\u200b", False)),
    ],
)
def test_is_name(name: object, expected: bool) -> None:
    assert is_name(name) is expected
