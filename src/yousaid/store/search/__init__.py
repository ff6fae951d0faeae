"""Search in comments: a small language that takes whatever is typed."""

from yousaid.store.search.parser import parse
from yousaid.store.search.query import Query
from yousaid.store.search.wording import describe, format_query
from yousaid.store.search.words import fold

__all__ = ["Query", "describe", "fold", "format_query", "parse"]
