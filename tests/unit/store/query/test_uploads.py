"""Where comments came from and what read them."""

import random
from dataclasses import replace

from hypothesis import given

from tests.unit.store import twin
from tests.unit.store.query.asked import asked, scopes
from tests.unit.store.query.conftest import NOW
from tests.unit.store.samples import make_sample
from yousaid.records import EVERYWHERE, Scope
from yousaid.store import query
from yousaid.store.filter import Filter
from yousaid.store.layout import create_store
from yousaid.store.snapshot import open_snapshot
from yousaid.store.write import add_upload


@asked(60)
@given(scope=scopes)
def test_get_uploads_agrees_with_twin(sample, scope):
    found = query.get_uploads(scope, sample.snapshot)
    assert [upload.upload_id for upload in found] == [
        upload_id
        for upload_id in ("2", "1")
        if twin.select(sample.rows, scope, Filter(uploads=(upload_id,)))
    ]
    for upload in found:
        totals = twin.get_totals(sample.rows, scope, Filter(uploads=(upload.upload_id,)))
        assert (upload.response_count, upload.comment_count) == (
            totals.response_count,
            totals.comment_count,
        )
        assert (upload.first_date, upload.last_date) == (totals.first_date, totals.last_date)


def test_get_uploads_newest_first(sample):
    first, second = reversed(query.get_uploads(EVERYWHERE, sample.snapshot))
    assert (first.file_name, second.file_name) == ("1.csv", "2.csv")
    assert (first.added_at, first.framework_version) == (NOW, "7+4")
    assert first.response_count == second.response_count == 90


def test_get_models_most_used_first_and_in_scope(tmp_path):
    store = create_store(tmp_path / "feedback")
    for number, models in enumerate((["mine 1"], ["fast 1", "blank 1"])):
        comments, readings = make_sample(random.Random(number), 40, f"{number}:")
        by_text = [models[0] if comment.text else models[-1] for comment in comments]
        readings = [replace(r, model=m) for r, m in zip(readings, by_text, strict=True)]
        kept = slice(None, None, 3 if number == 0 else 1)
        add_upload(
            store, f"{number}", comments[kept], readings[kept], now=NOW, framework_version="7+4"
        )
    with open_snapshot(store) as snapshot:
        assert query.get_models(EVERYWHERE, snapshot) == ("fast 1", "mine 1")
        assert query.get_models(Scope(frozenset()), snapshot) == ()
