"""Which comments a question is about."""

from yousaid.store.filter.address import (
    read_date,
    write_demographic,
    write_name,
    write_yes_no,
)
from yousaid.store.filter.fields import (
    EVERYTHING,
    FIELDS,
    FILTER_KEYS,
    MAX_CHARACTERS,
    MAX_VALUES,
    Field,
    Filter,
    describe,
    from_query,
    get_asked,
    sql_for_filter,
    to_query,
    without_reading,
)
from yousaid.store.filter.sentence import KIND_NAMES
from yousaid.store.filter.sql import URGENT_FROM, Sql, make_mask, sql_for_mask, sql_for_places
from yousaid.store.places import read_place, read_unit_path, write_place, write_unit_path
from yousaid.store.schema import SENTIMENT_CODES

__all__ = [
    "EVERYTHING",
    "FIELDS",
    "FILTER_KEYS",
    "KIND_NAMES",
    "MAX_CHARACTERS",
    "MAX_VALUES",
    "SENTIMENT_CODES",
    "URGENT_FROM",
    "Field",
    "Filter",
    "Sql",
    "describe",
    "from_query",
    "get_asked",
    "make_mask",
    "read_date",
    "read_place",
    "read_unit_path",
    "sql_for_filter",
    "sql_for_mask",
    "sql_for_places",
    "to_query",
    "without_reading",
    "write_demographic",
    "write_name",
    "write_place",
    "write_unit_path",
    "write_yes_no",
]
