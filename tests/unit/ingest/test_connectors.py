"""Answers of other services as files: understood without being told, each by one module."""

import inspect
import json

import pytest

from tests.unit.ingest.taken import take
from yousaid.errors import InputError
from yousaid.ingest.connectors import Piece, list_connectors
from yousaid.ingest.tables import open_table
from yousaid.pipeline import guess_columns

REVIEWS = {
    "comments": [
        {
            "comment": {
                "commentId": f"r{number}",
                "odsCode": "ABC01",
                "title": "Kind staff",
                "commentText": text,
                "dateSubmitted": "2026-03-01T10:15:00",
                "department": "Eye clinic",
                "screenName": "Somebody",
                "status": status,
                "ratings": [{"question": "Overall", "rating": 4}],
            },
            "response": {"commentText": "Thank you for telling us"},
        }
        for number, text, status in (
            (1, "The nurses were kind and patient", "published"),
            (2, "Kind staff, but I waited three hours", "published"),
            (3, "Somebody named in here", "removed"),
        )
    ]
}
STORIES = [
    {
        "id": 900 + number,
        "title": title,
        "body": body,
        "dateOfSubmission": "2026-03-02T00:00:00Z",
        "dateOfPublication": "2026-03-09T00:00:00Z",
        "authorAgeGroup": "",
        "healthServices": [{"id": "XYZ", "name": "St Anne's"}, {"id": "Q", "name": "Other"}],
        "tags": [{"name": "parking", "polarity": "negative"}],
    }
    for number, title, body in (
        (1, "Nowhere to park", "We drove round for an hour before the appointment"),
        (2, None, "They listened to all that I had to say"),
    )
]


def load(folder, document):
    path = folder / "answer.json"
    path.write_text(json.dumps(document), "utf-8")
    table = open_table(str(path))
    return take(table, guess_columns(table)).comments


def test_every_connector_has_the_agreed_shape():
    assert {connector.NAME for connector in list_connectors()} == {"Care Opinion", "NHS.uk"}
    for connector in list_connectors():
        signature = inspect.signature(connector.connect)
        assert list(signature.parameters) == ["document"]
        assert signature.return_annotation == list[Piece] | None


ODD = [None, 3, "x", [], {}, [1], [{}], {"comments": []}, {"comments": [{}]}, {"comments": 3}]


@pytest.mark.parametrize("document", [*ODD, {"comments": [{"comment": None}]}, [{"id": 1}]])
def test_what_is_not_theirs_is_passed_over(tmp_path, document):
    assert all(connector.connect(document) is None for connector in list_connectors())
    with pytest.raises(InputError, match=r"no service that is known \(Care Opinion, NHS.uk\)"):
        load(tmp_path, document)


def test_reviews_of_the_nhs_website(tmp_path):
    first, second = load(tmp_path, REVIEWS)
    assert first.text == "Kind staff\n\nThe nurses were kind and patient"
    # A title that is in the text is not said twice.
    assert second.text == "Kind staff, but I waited three hours"
    assert (first.response_id, first.unit) == ("r1", ("ABC01", "Eye clinic"))
    assert (str(first.date), first.source, first.kind) == ("2026-03-01", "NHS.uk", "why")


def test_stories_of_care_opinion(tmp_path):
    for document in (STORIES, {"opinions": STORIES}):
        first, second = load(tmp_path, document)
        assert first.text.startswith("Nowhere to park\n\nWe drove")
        assert second.text == "They listened to all that I had to say"
        assert (first.response_id, first.unit) == ("901", ("St Anne's",))
        assert (str(first.date), first.source) == ("2026-03-02", "Care Opinion")
    [only] = load(tmp_path, STORIES[0])
    assert only == first


def test_json_that_cannot_be_read(tmp_path):
    path = tmp_path / "answer.json"
    path.write_text('{"a": "Secret words"}\n{"a": 1}\n')
    with pytest.raises(InputError, match=r"not JSON\. If each line is an object") as caught:
        open_table(str(path))
    assert "Secret" not in str(caught.value)
