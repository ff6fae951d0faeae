from tests.unit.web.test_filters import LINKS
from yousaid.frameworks import get_framework
from yousaid.store.answers import TopicCount
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.web.presenters.topics import FIRST_COUNT, SORTS, make_topic_table, without_topics

COUNTS = (
    TopicCount("staff_manner", 50, 40, 5, 5),
    TopicCount("timeliness", 30, 2, 4, 24),
    TopicCount("parking", 12, 0, 0, 12),
)


def make_names(sort: str) -> list[str]:
    table = make_topic_table(EVERYTHING, COUNTS, 100, sort, LINKS)
    return [row.name.split()[0] for row in table.first]


def test_make_topic_table_orders() -> None:
    assert make_names("") == ["Staff", "Timeliness", "Parking"]
    assert make_names("criticised") == ["Timeliness", "Parking", "Staff"]
    assert make_names("praised") == ["Staff", "Timeliness", "Parking"]


def test_make_topic_table_words_and_shares() -> None:
    table = make_topic_table(EVERYTHING, COUNTS, 100, "", LINKS)
    row = table.first[1]
    assert table.scope_words == "100 comments"
    assert (row.name, row.category) == ("Timeliness of care", "Access to medical care & support")
    assert (row.count, row.share, row.range) == (30, "30%", "22% to 40%")
    assert table.too_few == ""
    assert row.negative.label == "negative about Timeliness of care"


def test_make_topic_table_of_too_few_comments_counts_only() -> None:
    table = make_topic_table(EVERYTHING, [TopicCount("parking", 2, 0, 0, 2)], 3, "", LINKS)
    assert (table.first[0].count, table.first[0].share, table.first[0].range) == (2, "", "")
    assert table.too_few == "Too few comments to show a percentage"


def test_make_topic_table_scales_both_sides_alike() -> None:
    table = make_topic_table(EVERYTHING, COUNTS, 100, "", LINKS)
    assert table.first[0].positive.width_percent == 100
    assert table.first[1].negative.width_percent == 60


def test_make_topic_table_links_count_what_they_show() -> None:
    chosen = Filter(topics=("parking",), sentiments=("negative",), scores=(5,))
    table = make_topic_table(chosen, COUNTS, 100, "", LINKS)
    row = table.first[0]
    assert row.href == "/comments?topic=staff_manner&score=5"
    assert row.positive.href == "/comments?sentiment=positive&topic=staff_manner&score=5"
    assert table.scope_words == "100 comments scored Very poor"
    assert table.is_narrowed
    assert [r.is_chosen for r in table.first] == [False, False, True]


def test_without_topics_keeps_the_rest() -> None:
    chosen = Filter(topics=("parking",), sentiments=("negative",), words="car")
    assert without_topics(chosen) == Filter(words="car")


def test_make_topic_table_parts_the_rest() -> None:
    ids = get_framework().topic_ids[: FIRST_COUNT + 3]
    counts = [TopicCount(topic, 20 - n, 0, 20 - n, 0) for n, topic in enumerate(ids)]
    table = make_topic_table(EVERYTHING, counts, 100, "", LINKS)
    assert len(table.first) == FIRST_COUNT
    assert [row.count for row in table.rest] == [8, 7, 6]


def test_make_topic_table_leaves_out_foreign_topics() -> None:
    counts = (TopicCount("retired", 90, 90, 0, 0), *COUNTS)
    assert make_topic_table(EVERYTHING, counts, 100, "", LINKS) == make_topic_table(
        EVERYTHING, COUNTS, 100, "", LINKS
    )


def test_make_topic_table_of_nothing() -> None:
    table = make_topic_table(EVERYTHING, (), 0, "", LINKS)
    assert (table.first, table.rest) == ((), ())


def test_sorts_are_links_that_keep_the_filter() -> None:
    table = make_topic_table(Filter(urgent=True), COUNTS, 90, "praised", LINKS)
    assert [sort.href for sort in table.sorts] == [
        "/?urgent=yes#topics",
        "/?urgent=yes&sort=criticised#topics",
        "/?urgent=yes&sort=praised#topics",
    ]
    assert [sort.is_current for sort in table.sorts] == [key == "praised" for key in SORTS]
