from pathlib import Path

import numpy as np

from yousaid.model.features import make_features
from yousaid.model.fit import Weights, fit_layer
from yousaid.model.labels import read_labelled
from yousaid.model.settings import Settings

PLACE = Path(__file__).parents[3] / "training" / "synthetic" / "place.csv"
SETTINGS = Settings("small", "1", 1, 2, 2, 10.0, 1.0, 5.0, 0.5)


def test_fit_layer_by_words_alone_knows_no_characters() -> None:
    comments = read_labelled(PLACE)[:60]
    ones = np.ones(len(comments))
    layer = fit_layer(SETTINGS, comments, Weights(ones, ones), groups=("words",))
    features = make_features([c.text for c in comments], [c.kind for c in comments])
    known = {"words": 0, "characters": 0}
    for family in features.families:
        known[family.group] += int((layer.vocabulary.find(family.hashes) >= 0).sum())
    assert known["characters"] == 0
    assert known["words"] > 100
