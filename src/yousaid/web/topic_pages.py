"""The framework as a tree, and a page for each topic."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from yousaid.frameworks import Topic, get_framework
from yousaid.measures.funnel import MINIMUM_PLACES
from yousaid.measures.intervals import share
from yousaid.measures.words import Marks, TermCount, count_terms, find_marks
from yousaid.records import Scope, TopicSentiment
from yousaid.store.answers import Choices, Dimension
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.store.kept import list_events
from yousaid.store.query import (
    get_choices,
    get_comment_count,
    get_comments,
    get_models,
    get_sample,
    get_topic_counts,
    get_topic_pairs,
)
from yousaid.store.search import split_words
from yousaid.store.snapshot import Snapshot
from yousaid.web.address import read_filter
from yousaid.web.compare import load_groups, load_shares
from yousaid.web.control_drawing import draw_small
from yousaid.web.links import Links
from yousaid.web.presenters.cards import make_cards
from yousaid.web.presenters.control import add_events, is_rare, make_control_chart
from yousaid.web.presenters.corrected import make_corrected_figure, read_tested
from yousaid.web.presenters.filters import make_chips, make_filter_form, make_title
from yousaid.web.presenters.measures import CRITICISM
from yousaid.web.presenters.overview import Figure
from yousaid.web.presenters.topic import (
    CategoryRow,
    make_about_figure,
    make_feeling_figure,
    make_mark_rows,
    make_pair_rows,
    make_place_rows,
)
from yousaid.web.presenters.words import word_name, word_range, word_share
from yousaid.web.series import choose_level, load_series
from yousaid.web.site import Site, get_links, get_site
from yousaid.web.trends import draw_chart
from yousaid.web.versions import versioned

# Comments whose words are looked at, on either side. More change little, and take longer.
SAMPLE_SIZE = 1000
CARD_COUNT = 3
# Where a phrase ends.
_ENDS = re.compile(r"[.!?;:,()\n\r/–—]+")


def _free(chosen: Filter) -> Filter:
    """The filter without what the page itself is of."""
    return replace(chosen, topics=(), sentiments=())


@versioned
def show_topics(request: Request, snapshot: Snapshot) -> Response:
    site, links = get_site(request), get_links(request)
    chosen = _free(read_filter(request)[0])
    choices = site.recall(get_choices, snapshot, chosen)
    html = site.render(
        "topics.jinja",
        links,
        current="topics",
        chosen=chosen,
        title=make_title(chosen),
        chips=make_chips(chosen, links.topics),
        form=make_filter_form(chosen, choices, links.topics()),
        categories=load_categories(site, snapshot, links, chosen),
    )
    return HTMLResponse(html)


def load_categories(
    site: Site, snapshot: Snapshot, links: Links, chosen: Filter
) -> list[tuple[str, list[CategoryRow]]]:
    """Every topic that was found, in its category."""
    all_count = get_comment_count(site.scope, snapshot, chosen)
    counts = {c.topic: c for c in get_topic_counts(site.scope, snapshot, chosen)}
    series = {
        str(one.value): one
        for one in load_series(site, snapshot, chosen, CRITICISM, "month", Dimension("topic"))
    }
    found = []
    for category, topics in get_framework().categories.items():
        rows = []
        for topic in topics:
            if topic.id not in counts:
                continue
            count, of_all = counts[topic.id], share(counts[topic.id].comment_count, all_count)
            about = replace(chosen, topics=(topic.id,))
            chart = make_control_chart(
                series[topic.id], CRITICISM, "month", about, None, topic.name
            )
            rare = is_rare(series[topic.id]) or not chart.can_draw
            rows.append(
                CategoryRow(
                    name=topic.name,
                    href=links.topic(topic.id, chosen),
                    count=count.comment_count,
                    comments_href=links.comments(about),
                    share=word_share(of_all),
                    range=word_range(of_all),
                    positive=f"{count.positive_count:,}",
                    negative=f"{count.negative_count:,}",
                    variation=None if rare else chart.variation,
                    variation_words="too few each month to say" if rare else chart.variation_words,
                    drawing="" if rare else draw_small(chart, f"topic-{topic.id}"),
                )
            )
        if rows:
            found.append((category, rows))
    return found


@versioned
def show_topic(request: Request, snapshot: Snapshot) -> Response:
    site, links = get_site(request), get_links(request)
    topic = get_framework().by_id.get(request.path_params["topic"])
    if topic is None:
        raise HTTPException(404)
    chosen = _free(read_filter(request)[0])
    within = replace(chosen, topics=(topic.id,))
    choices = site.recall(get_choices, snapshot, chosen)
    [series] = load_series(site, snapshot, within, CRITICISM, "month")
    chart = add_events(
        make_control_chart(series, CRITICISM, "month", within, links),
        list_events(site.store),
        "month",
    )
    ask = partial(get_comments, site.scope, snapshot, page=1, page_size=CARD_COUNT)
    html = site.render(
        "topic.jinja",
        links,
        current="topics",
        chosen=chosen,
        topic=topic,
        title=topic.name,
        chips=make_chips(chosen, partial(links.topic, topic.id)),
        form=make_filter_form(chosen, choices, links.topic(topic.id)),
        figures=load_figures(site, snapshot, links, topic, chosen),
        chart=chart,
        trends_href=links.trends(within, "criticism"),
        compare_href=links.compare(within, "criticism"),
        comments_href=links.comments(within),
        **load_people(site, snapshot, links, within, choices),
        places=load_places(site, snapshot, links, within, choices),
        pairs=make_pair_rows(topic, site.recall(get_topic_pairs, snapshot, chosen), chosen, links),
        marks=make_mark_rows(load_marks(site, snapshot, chosen, topic), within, links),
        sample_size=SAMPLE_SIZE,
        worst=make_cards(
            ask(replace(within, sentiments=("negative",)), order="most_negative").comments,
            links,
            within,
        ),
        best=make_cards(
            ask(replace(within, sentiments=("positive",)), order="most_positive").comments,
            links,
            within,
        ),
        **draw_chart(chart),
    )
    return HTMLResponse(html)


def load_figures(
    site: Site, snapshot: Snapshot, links: Links, topic: Topic, chosen: Filter
) -> list[Figure]:
    """How many comments are about the topic, what share that truly is, and how they feel."""
    within = replace(chosen, topics=(topic.id,))
    about_count = get_comment_count(site.scope, snapshot, within)
    all_count = get_comment_count(site.scope, snapshot, chosen)
    counts = {c.topic: c for c in get_topic_counts(site.scope, snapshot, within)}.get(topic.id)
    feelings: tuple[tuple[str, int, TopicSentiment], ...] = (
        ("Critical", counts.negative_count if counts else 0, "negative"),
        ("Positive", counts.positive_count if counts else 0, "positive"),
    )
    return [
        make_about_figure(about_count, all_count, links.comments(within)),
        load_corrected(site, snapshot, topic, about_count, all_count),
        *(
            make_feeling_figure(
                label, count, about_count, links.comments(replace(within, sentiments=(feeling,)))
            )
            for label, count, feeling in feelings
        ),
    ]


def load_corrected(
    site: Site, snapshot: Snapshot, topic: Topic, about_count: int, all_count: int
) -> Figure:
    """The share of comments about a topic, set right by the errors of the reader that read them."""
    models = site.recall(find_models, snapshot, EVERYTHING)
    tested = read_tested(models, site.model_cards, topic.id)
    return make_corrected_figure(share(about_count, all_count), tested)


def find_models(scope: Scope, snapshot: Snapshot, _: Filter) -> tuple[str, ...]:
    """The models that read the comments, whatever is chosen of them."""
    return get_models(scope, snapshot)


def load_places(
    site: Site, snapshot: Snapshot, links: Links, within: Filter, choices: Choices
) -> object:
    """Where the topic is criticised; nothing where there are no places to tell apart."""
    level = choose_level(within, choices.places, MINIMUM_PLACES)
    if level is None:
        return ()
    shares = load_shares(site, snapshot, within, CRITICISM, level)
    named = {unit: found for unit, found in shares.items() if isinstance(unit, tuple)}
    return make_place_rows(named, within, links)


def load_people(
    site: Site, snapshot: Snapshot, links: Links, within: Filter, choices: Choices
) -> dict[str, object]:
    """Who criticises the topic, by the first trait that is known of people; the others are on the
    page of comparisons."""
    trait = next((name for (name, _), _ in choices.demographics), "")
    if not trait:
        return {"people": None}
    return {
        "people": load_groups(site, snapshot, links, within, CRITICISM, trait),
        "trait": word_name(trait),
        "people_href": links.compare(within, CRITICISM.key, "groups", trait),
    }


def load_marks(site: Site, snapshot: Snapshot, chosen: Filter, topic: Topic) -> Marks:
    """The words that comments about the topic have more often than others."""
    others = tuple(one for one in chosen.no_topics if one != topic.id)
    here, elsewhere = (
        count_words(get_sample(site.scope, snapshot, one, count=SAMPLE_SIZE))
        for one in (
            replace(chosen, topics=(topic.id,)),
            replace(chosen, no_topics=(*others, topic.id)),
        )
    )
    return find_marks(here, elsewhere)


def count_words(texts: Iterable[str]) -> TermCount:
    """How many of these texts have each word or phrase; phrases end where a clause does."""
    return count_terms([split_words(part) for part in _ENDS.split(text)] for text in texts)
