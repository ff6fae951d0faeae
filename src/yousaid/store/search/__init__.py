"""Search in comments: a small language that takes whatever is typed, and an index that answers it.

    query = parse("waiting OR queue -parking")
    describe(query), format_query(query)
    with closing(open_search(path)) as connection:
        keys = find_keys(connection, query)
        rank(connection, query, keys, 50)
        suggest(connection, query, is_found)
    find_marks(query, text)

`docs/search.md` says what can be typed.
"""

from yousaid.store.search.find import Part, find_keys
from yousaid.store.search.hits import find_marks
from yousaid.store.search.index import (
    add_answers,
    can_use,
    create_search,
    erase_answers,
    get_coverage,
    open_search,
    remove_answers,
)
from yousaid.store.search.parser import parse
from yousaid.store.search.query import Query
from yousaid.store.search.ranking import MAX_RANKED, Ranking, rank
from yousaid.store.search.suggestion import Suggestion, suggest
from yousaid.store.search.wording import describe, format_query
from yousaid.store.search.words import fold, split_words

__all__ = [
    "MAX_RANKED",
    "Part",
    "Query",
    "Ranking",
    "Suggestion",
    "add_answers",
    "can_use",
    "create_search",
    "describe",
    "erase_answers",
    "find_keys",
    "find_marks",
    "fold",
    "format_query",
    "get_coverage",
    "open_search",
    "parse",
    "rank",
    "remove_answers",
    "split_words",
    "suggest",
]
