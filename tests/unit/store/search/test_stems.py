from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.store.search.twin import FAMILIES
from yousaid.store.search.stems import get_stem

# No two lines may share a stem; all of a line must.
LINES = """
hope hopes hoped hoping
hop hops hopped hopping
worry worries worried worrying
try tries tried trying
staff staffs staffed staffing
cancel cancels cancelled cancelling
treat treats treated treating
use uses used using
us
add adds added adding
stop stops stopped stopping
box boxes boxed
watch watches watched
refer refers referred referring
miss misses missed missing
surgery surgeries
arrive arrives arrived arriving
give gives gave given giving
change changes changed changing
see sees saw seen seeing
die dies died dying
appointment appointments
discharge discharges discharged discharging
travel travels travelled travelling
even
evening evenings
new
news
unit units
united
past
paste
quit quits
quite
child children
midwife midwives
woman women
gp gps
bus buses
community communities
communicate communicates communicated
general
generous
bleed bleeding bleeds
agree agrees agreed agreeing
organise organises organised organising
virus viruses
hero heroes
this
his
hi
""".strip().splitlines()


def test_get_stem_joins_forms_and_nothing_else():
    stems = defaultdict(set)
    lines = {*LINES, *map(" ".join, FAMILIES)}
    for line in lines:
        for form in line.split():
            stems[get_stem(form)].add(line)
    assert [joined for joined in stems.values() if len(joined) > 1] == []
    assert len(stems) == len(lines)


@pytest.mark.parametrize("word", ["2nd", "zażółć", "القاعة", "", "a", "x2s"])
def test_get_stem_leaves_what_is_not_plain_letters(word):
    assert get_stem(word) == word


@given(st.text("abcdegiklnoprstuyz", max_size=20))
def test_get_stem_of_any_letters(word):
    stem = get_stem(word)
    assert bool(stem) == bool(word)
    assert len(stem) <= len(word) + 1
