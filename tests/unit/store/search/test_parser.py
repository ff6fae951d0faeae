import random

import pytest

from tests.unit.store.search.samples import make_tree
from yousaid.store.search import describe, format_query, parse
from yousaid.store.search.query import And, Near, Not, Or, Phrase, Prefix, Query, Word
from yousaid.store.search.scan import MAX_DEPTH, MAX_LENGTH, MAX_WORDS

A, B, C, D = map(Word, "abcd")


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("Wait", Word("wait")),
        ('"car park"', Phrase(("car", "park"))),
        ("“Car Park”", Phrase(("car", "park"))),
        ("«a»", Phrase(("a",))),
        ("don't", Phrase(("don", "t"))),
        ("A&E", Phrase(("a", "e"))),
        ("wait*", Prefix(("wait",))),
        ("wait*.", Prefix(("wait",))),
        ('"car pa*"', Prefix(("car", "pa"))),
        ('"car pa"*', Prefix(("car", "pa"))),
        ("a b", And((A, B))),
        ("a,b;c", And((A, B, C))),
        ("1,000", Phrase(("1", "000"))),
        ("a AND b", And((A, B))),
        ("a and b", And((A, Word("and"), B))),
        ("a OR b c", Or((A, And((B, C))))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("a NOT b", And((A, Not(B)))),
        ("a AND NOT b", And((A, Not(B)))),
        ("a -b", And((A, Not(B)))),
        ("−b", Not(B)),
        ('-"b c"', Not(Phrase(("b", "c")))),
        ("(-(b OR c))", Not(Or((B, C)))),
        ("a - b", And((A, B))),
        ("a-b", Phrase(("a", "b"))),
        ("--b", B),
        ("NOT NOT a", A),
        ("NOT (NOT a)", A),
        ("a a OR a", A),
        ("a NEAR b", Near((A, B), (10,))),
        ("a NEAR/3 b NEAR (c OR d)", Near((A, B, Or((C, D))), (3, 10))),
        ("a NEAR b c", And((Near((A, B), (10,)), C))),
        ("NOT a NEAR b", Not(Near((A, B), (10,)))),
        ("()", None),
        ('""', None),
        ("!", None),
        ("", None),
    ],
)
def test_parse(typed, tree):
    query = parse(typed)
    assert query.tree == tree
    assert query.notes == ()
    assert query.is_blank == (typed == "")


@pytest.mark.parametrize(
    ("typed", "tree", "note"),
    [
        ("AND", None, "AND was left out"),
        ("a AND", A, "AND was left out"),
        ("a AND OR b", Or((A, B)), "AND was left out"),
        ("OR a", A, "OR was left out"),
        ("NOT", None, "NOT was left out"),
        ("a NEAR", A, "NEAR was left out"),
        ("NEAR a", A, "NEAR was left out"),
        ("a NEAR NOT b", And((A, Not(B))), "NEAR was left out"),
        ("(a b) NEAR c", And((A, B, C)), "NEAR stands between"),
        ("a NEAR/99 b", Near((A, B), (50,)), "50 words at most"),
        ('a "b c', And((A, Phrase(("b", "c")))), "a quotation mark without its partner"),
        ("((a", A, "a bracket without its partner was taken"),
        ("a) b", And((A, B)), "a bracket without its partner was left out"),
        ("a*", A, "a * needs 2 letters"),
        ("a 😡", A, "signs that are neither letters nor digits"),
        ("ab* " * 5, And((Prefix(("ab",)), Word("ab"))), "only the first 4 *"),
        ("a " * 33, A, "only the first 32 words"),
        ('"' + "a " * 33, Phrase(("a",) * 32), "only the first 32 words"),
        ("(" * 9 + "a", A, "brackets within 8 other brackets"),
        ("!" * 5000 + "a", None, "only the first 4,000 characters"),
    ],
)
def test_parse_says_what_it_made_of_it(typed, tree, note):
    query = parse(typed)
    assert query.tree == tree
    assert any(said.startswith(note) or note in said for said in query.notes)
    assert all(said in describe(query) for said in query.notes)


def test_parse_keeps_what_is_just_within_the_bounds():
    words = " ".join(f"w{n}" for n in range(MAX_WORDS))
    assert parse(words).notes == ()
    nested = "(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH
    assert parse(nested).notes == ()
    assert parse(" " * (MAX_LENGTH - 1) + "a").notes == ()


def test_format_query_reads_back_to_the_same_tree():
    random_ = random.Random(0)
    for _ in range(3000):
        query = Query(make_tree(random_, depth=2))
        assert parse(format_query(query)).tree == query.tree


@pytest.mark.parametrize("typed", ["", "!"])
def test_format_query_of_nothing(typed):
    again = parse(format_query(parse(typed)))
    assert (again.tree, again.is_blank) == (None, typed == "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Waiting", "with “Waiting”"),
        ("(waiting OR queue) -parking", "with “waiting” or “queue”, but not “parking”"),
        ("a b c", "with “a”, “b” and “c”"),
        ("a OR b c", "with “a” or (“b” and “c”)"),
        ("(a OR b) c", "with (“a” or “b”) and “c”"),
        ('"car  park" A&E', "with exactly “car park” and exactly “A&E”"),
        ("par*", "with words beginning “par”"),
        ("a NEAR/3 (b OR c)", "with “a” within 3 words of (“b” or “c”)"),
        ("-a", "without “a”"),
        ("-(a OR b) -c", "without “a”, “b” or “c”"),
        ("-(a b)", "without (“a” and “b”)"),
        ("a OR NOT b", "with “a” or not “b”"),
        ("😡", "with nothing that can be searched for (signs that are neither letters nor digits "
         "were left out)"),
        ("a\u202eb\x00c", "with exactly “a b c”"),
        ("", ""),
    ],
)  # fmt: skip
def test_describe(typed, said):
    assert describe(parse(typed)) == said
    assert describe(Query(parse(typed).tree, parse(typed).notes, typed == "")) == said
