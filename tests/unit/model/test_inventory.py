import dataclasses
from pathlib import Path

from yousaid.model.artefact import get_shipped_names, load_model, save_model
from yousaid.model.inventory import SCORES, get_shipped_cards, list_models


def test_list_models_shipped_ones_first() -> None:
    found = list_models()
    assert [model["place"] for model in found] == get_shipped_names()
    fast = next(model for model in found if model["place"] == "fast")
    assert (fast["label"], fast["fault"], fast["is_shipped"]) == (
        load_model("fast").label,
        None,
        True,
    )
    assert fast["row_count"] == load_model("fast").card["scores"]["row_count"]
    assert fast["scores"].keys() == set(SCORES)


def test_list_models_own_folder_with_its_base_model(tmp_path: Path) -> None:
    shipped = load_model("fast")
    base = {"name": "small-encoder", "licence": "Apache-2.0"}
    card = {**shipped.card, "base_model": base}
    own = dataclasses.replace(shipped, card=card, is_shipped=False)
    save_model(own, tmp_path, "# The card\n")
    found = list_models([str(tmp_path)])[-1]
    assert (found["label"], found["base_model"]) == (
        f"{shipped.name} {shipped.version} ({own.digest})",
        base,
    )
    assert found["size_bytes"] == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_list_models_damaged_says_why(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{")
    damaged, missing = list_models([str(tmp_path), str(tmp_path / "none")])[-2:]
    assert damaged.keys() == {"place", "fault"}
    assert "is damaged" in damaged["fault"]
    assert "no model" in missing["fault"]


def test_get_shipped_cards_scores_are_of_the_point() -> None:
    cards, card = get_shipped_cards(), load_model("fast").card
    assert cards["fast 3"]["scores"] == card["scores"]
    assert cards["fast 3, find all"]["scores"] == card["find_all_scores"]
    assert cards["fast 3, find all"]["at_point"] == card["operating_points"]["find_all"]
