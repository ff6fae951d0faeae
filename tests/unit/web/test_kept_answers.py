from yousaid.web.kept_answers import KeptAnswers


def test_an_answer_is_found_once_for_each_version() -> None:
    found: list[str] = []

    def find(name: str) -> str:
        found.append(name)
        return name

    kept = KeptAnswers(most=2)
    for version, name in [("1", "a"), ("1", "a"), ("1", "b"), ("1", "a"), ("1", "c"), ("1", "a")]:
        assert kept.recall(version, name, lambda name=name: find(name)) == name
    assert found == ["a", "b", "c"]
    # “b” was asked for longest ago.
    kept.recall("1", "b", lambda: find("b"))
    kept.recall("2", "a", lambda: find("a"))
    assert found == ["a", "b", "c", "b", "a"]


def test_an_answer_of_a_version_that_has_passed_is_not_kept() -> None:
    kept = KeptAnswers()

    def find_while_others_write() -> str:
        kept.recall("2", "b", lambda: "b")
        return "old"

    assert kept.recall("1", "a", find_while_others_write) == "old"
    assert kept.recall("2", "a", lambda: "new") == "new"
