from yousaid.model.behaviour import Case, GroupCount, Outcome
from yousaid.reports.behaviour import describe_failures, describe_groups

CASE = Case("invariance", "spaces", "why", "Cold food", "Cold\n food", ("same_topics",))


def test_describe_groups_gives_rate_interval_and_failures() -> None:
    groups = [GroupCount("minimum", "negation", 26, 28), GroupCount("invariance", "typo", 5, 5)]
    lines = describe_groups("fast 1", groups).splitlines()
    assert lines[0].startswith("fast 1 on 33 written cases")
    negation = next(line for line in lines if "negation" in line)
    assert negation.split()[1:] == ["28", "2", "93", "%", "(77", "to", "98)"]
    typo = next(line for line in lines if "typo" in line)
    assert typo.split()[1:] == ["5", "0", "100", "%", "(57", "to", "100)"]


def test_describe_groups_names_each_kind_once() -> None:
    groups = [GroupCount("minimum", name, 1, 1) for name in ("negation", "idiom")]
    assert describe_groups("fast 1", groups).count("minimum functionality") == 1


def test_describe_failures_shows_text_wanted_and_came() -> None:
    came = ("food:-", "feeling:-"), ()
    text = describe_failures([Outcome(CASE, ("same_topics",), came), Outcome(CASE, (), came)])
    assert text.count("invariance, spaces") == 1
    assert "'Cold\\n food'" in text
    assert "came    food:- feeling:-" in text
    assert "came    nothing" in text
    assert "broken  same_topics" in text


def test_describe_failures_none() -> None:
    assert describe_failures([Outcome(CASE, (), ())]) == "No case failed."
