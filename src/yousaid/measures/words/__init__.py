"""Which words and phrases mark something out: a topic, a place, a period, a group of people.

count = count_terms(parts_of(text) for text in texts)
find_marks(count_of_these, count_of_all_others)
"""

from yousaid.measures.words.marks import Mark, Marks, find_marks
from yousaid.measures.words.terms import TermCount, count_terms, list_terms

__all__ = ["Mark", "Marks", "TermCount", "count_terms", "find_marks", "list_terms"]
