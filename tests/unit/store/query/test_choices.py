"""What each field offers, against its slow twin."""

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.store import twin
from tests.unit.store.query.asked import asked, filters, scopes
from yousaid.records import EVERYWHERE
from yousaid.store import query
from yousaid.store.answers import Choices
from yousaid.store.filter import FIELDS, Filter


@asked(80)
@given(which=st.sampled_from(range(3)), scope=scopes, chosen=filters())
def test_get_choices_agrees_with_twin(samples, which, scope, chosen):
    sample = samples[which]
    expected = twin.get_choices(sample.rows, scope, chosen)
    assert query.get_choices(scope, sample.snapshot, chosen) == expected


def test_get_choices_offers_every_field():
    # Words are typed, not chosen; urgent can only be asked for.
    fields = {field.name for field in FIELDS} - {"words", "urgent"}
    assert fields | {"urgent_count"} == set(Choices.__dataclass_fields__)


def test_get_choices_keeps_what_is_chosen_and_finds_nothing(sample):
    chosen = Filter(uploads=("x", "77"), sources=("pigeon",), questions=("Why?",))
    choices = query.get_choices(EVERYWHERE, sample.snapshot, chosen)
    assert choices.uploads == (("77", 0), ("x", 0))
    assert (choices.sources, choices.questions) == ((("pigeon", 0),), (("Why?", 0),))


def test_get_choices_keeps_an_upload_of_any_length(sample):
    uploads = ("77", "9" * 5000)
    choices = query.get_choices(EVERYWHERE, sample.snapshot, Filter(uploads=uploads))
    assert dict.fromkeys(uploads, 0).items() <= dict(choices.uploads).items()
