import doctest
from math import exp, log, sqrt

import numpy as np
import pytest

from yousaid.measures import drivers
from yousaid.measures.drivers import find_drivers

pytest.importorskip("statsmodels", reason="the extra “stats” is not installed")

Z = 1.959963984540054


def repeat(*parts):
    return [value for value, times in parts for _ in range(times)]


def make_table(a, b, c, d):
    """Of those with the flag a have the outcome and b not; of the others c and d."""
    flag = repeat((True, a + b), (False, c + d))
    return repeat((True, a), (False, b), (True, c), (False, d)), flag


@pytest.mark.parametrize("cells", [(40, 60, 20, 80), (12, 88, 30, 400), (50, 50, 50, 50)])
def test_one_topic_is_the_two_by_two_table(cells):
    a, b, c, d = cells
    outcome, flag = make_table(*cells)
    found = find_drivers(outcome, {"Waiting": flag}, {}).drivers[0]
    # Woolf's interval of an odds ratio and Katz's of a risk ratio, by hand.
    error = sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    assert found.odds.value == pytest.approx(a * d / (b * c))
    assert found.odds.low == pytest.approx(exp(log(a * d / (b * c)) - Z * error), rel=1e-5)
    assert found.odds.high == pytest.approx(exp(log(a * d / (b * c)) + Z * error), rel=1e-5)
    times = a / (a + b) / (c / (c + d))
    error = sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    assert found.times.value == pytest.approx(times)
    assert found.times.low == pytest.approx(times * exp(-Z * error), rel=1e-5)
    assert found.times.high == pytest.approx(times * exp(Z * error), rel=1e-5)
    assert (found.count, found.outcome_count) == (a + b, a)


def draw(random, size=6000):
    """Waiting matters by itself; parking does not, but is written about where much is bad."""
    service = random.choice(["Wards", "Emergency"], size, p=[0.7, 0.3])
    emergency = service == "Emergency"
    waiting = random.random(size) < np.where(emergency, 0.4, 0.1)
    parking = random.random(size) < np.where(emergency, 0.3, 0.05)
    eta = -2.5 + 1.2 * emergency + 0.9 * waiting
    outcome = random.random(size) < 1 / (1 + np.exp(-eta))
    return outcome, {"Waiting": waiting, "Parking": parking}, {"Service": service}


def test_case_mix_takes_away_what_only_seems_to_drive():
    outcome, topics, case_mix = draw(np.random.default_rng(3))
    crude = find_drivers(outcome, topics, {})
    held = find_drivers(outcome, topics, case_mix)
    assert [driver.is_clear for driver in crude.drivers] == [True, True]
    assert [driver.is_clear for driver in held.drivers] == [True, False, True]
    waiting, parking, service = held.drivers
    assert waiting.odds.low < exp(0.9) < waiting.odds.high
    assert parking.odds.low < 1 < parking.odds.high
    assert (service.name, service.level, service.reference) == ("Service", "Emergency", "Wards")


def test_times_agrees_with_setting_everyone_to_have_it():
    outcome, topics, case_mix = draw(np.random.default_rng(4))
    found = find_drivers(outcome, topics, case_mix)
    # Slow twin: refit by Newton, set everyone, and take the spread over random coefficients.
    columns = [topics["Waiting"], topics["Parking"], case_mix["Service"] == "Emergency"]
    x = np.column_stack([np.ones(len(outcome)), *columns])
    beta = np.zeros(4)
    for _ in range(30):
        chance = 1 / (1 + np.exp(-x @ beta))
        bend = (x * (chance * (1 - chance))[:, None]).T @ x
        beta += np.linalg.solve(bend, x.T @ (outcome - chance))
    for place, driver in enumerate(found.drivers, start=1):
        with_it, without = x.copy(), x.copy()
        with_it[:, place], without[:, place] = 1, 0

        def ratio(b, with_it=with_it, without=without):
            return (1 / (1 + np.exp(-with_it @ b))).mean() / (1 / (1 + np.exp(-without @ b))).mean()

        drawn = np.random.default_rng(1).multivariate_normal(beta, np.linalg.inv(bend), 400)
        spread = np.std([log(ratio(b)) for b in drawn])
        assert driver.times.value == pytest.approx(ratio(beta), rel=1e-6)
        assert log(driver.times.high / driver.times.low) / (2 * Z) == pytest.approx(
            spread, rel=0.15
        )


def test_levels_of_one_factor_give_way_to_each_other():
    modes = repeat(("SMS", 400), ("Card", 200), ("Web", 200))
    outcome = repeat((True, 80), (False, 320), (True, 80), (False, 120), (True, 20), (False, 180))
    card, web = find_drivers(outcome, {}, {"Mode": modes}).drivers
    assert card.times.value == pytest.approx(0.4 / 0.2)
    assert web.times.value == pytest.approx(0.1 / 0.2)
    assert card.odds.value == pytest.approx((80 / 120) / (80 / 320))


def test_order_of_responses_does_not_matter():
    outcome, topics, case_mix = draw(np.random.default_rng(5), 2000)
    turn = np.random.default_rng(6).permutation(2000)
    found = find_drivers(outcome, topics, case_mix)
    turned = find_drivers(
        outcome[turn],
        {name: values[turn] for name, values in topics.items()},
        {name: values[turn] for name, values in case_mix.items()},
    )
    for one, other in zip(found.drivers, turned.drivers, strict=True):
        assert one.odds.value == pytest.approx(other.odds.value)
        assert one.times.low == pytest.approx(other.times.low)


def test_sentence_of_a_clear_topic():
    outcome, flag = make_table(40, 60, 20, 80)
    found = find_drivers(outcome, {"Waiting for A&E": flag}, {}).drivers[0]
    assert found.sentence == (
        "People who write about waiting for A&E are 1.3 to 3.2 times as likely to give a poor "
        "score as people who do not, other things weighed here being alike; "
        "this is association, not cause."
    )


def test_sentence_of_an_unclear_topic_keeps_its_name():
    outcome, flag = make_table(50, 50, 50, 50)
    found = find_drivers(outcome, {"FFT": flag}, {}, "be unhappy").drivers[0]
    assert not found.is_clear
    assert found.sentence == (
        "People who write about FFT are not clearly more or less likely to be unhappy than people "
        "who do not (0.76 to 1.3 times as likely, other things weighed here being alike)."
    )


def test_sentence_of_a_level():
    modes = repeat(("SMS", 400), ("Card", 200))
    outcome = repeat((True, 160), (False, 240), (True, 40), (False, 160))
    found = find_drivers(outcome, {}, {"Mode of collection": modes}).drivers[0]
    assert found.sentence.startswith(
        "People with “Card” for mode of collection are 0.37 to 0.68 times as likely to give a poor "
        "score as people with “SMS”"
    )


def test_a_topic_by_chance_among_many_is_not_clear():
    # 0.03 by itself, one of twenty.
    random = np.random.default_rng(7)
    outcome, flag = make_table(250, 750, 210, 790)
    noise = {f"Topic {number}": random.random(2000) < 0.3 for number in range(19)}
    assert find_drivers(outcome, {"Waiting": flag}, {}).drivers[0].is_clear
    assert not find_drivers(outcome, {"Waiting": flag} | noise, {}).drivers[0].is_clear


def test_what_is_too_rare_comes_last_with_its_reason():
    outcome, flag = make_table(40, 60, 20, 80)
    rare = [True] * 3 + [False] * 197
    modes = repeat(("SMS", 195), ("Fax", 5))
    found = find_drivers(outcome, {"Rare": rare, "Waiting": flag}, {"Mode": modes})
    assert [driver.name for driver in found.drivers] == ["Waiting", "Mode", "Rare"]
    assert (found.used_count, found.left_out_count) == (195, 5)
    fax, topic = found.drivers[1:]
    assert fax.sentence == "Mode: Fax: not weighed. Fewer than 10 responses."
    assert (topic.odds, topic.times, topic.is_clear) == (None, None, False)


def test_what_cannot_be_weighed_says_why_at_each_line():
    outcome, flag = make_table(5, 95, 4, 96)
    found = find_drivers(outcome, {"Waiting": flag}, {})
    assert found.why_not.startswith("To weigh 1 things takes 10")
    assert found.drivers[0].why_not == found.why_not
    assert (found.used_count, found.outcome_count) == (200, 9)


def test_nothing_at_all_is_no_drivers():
    found = find_drivers([], {}, {})
    assert (found.drivers, found.used_count) == ((), 0)
    assert found.why_not.startswith("There is nothing to weigh")


def test_examples_run():
    outcome = doctest.testmod(drivers)
    assert (outcome.failed, outcome.attempted) == (0, 4)
