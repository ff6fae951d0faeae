"""Search again, slowly and plainly: a tree looked up in lists of words."""

from yousaid.store.search.query import And, Near, Not, Or, Phrase, Prefix, Word

# Forms by hand, so that they owe nothing to the stemmer.
FAMILIES = (
    ("wait", "waits", "waited", "waiting"),
    ("park", "parks", "parking"),
    ("queue", "queues", "queued"),
    ("nurse", "nurses", "nursing"),
    ("call", "called", "calls"),
    ("bell", "bells"),
    ("car", "cars"),
    ("care", "caring"),
    ("cafe", "cafes"),
    ("rude",),
    ("the",),
    ("t",),
    ("9",),
)
FAMILY_OF = {form: family for family in FAMILIES for form in family}


def get_places(term, words):
    """Where a term is, as pairs of its first word's place and its length."""
    if isinstance(term, Word):
        family = FAMILY_OF.get(term.word, (term.word,))
        return [(place, 1) for place, word in enumerate(words) if word in family]
    length = len(term.words)
    places = []
    for place in range(len(words) - length + 1):
        found = words[place : place + length]
        last_fits = found[-1] == term.words[-1]
        if isinstance(term, Prefix):
            last_fits = found[-1].startswith(term.words[-1])
        if tuple(found[:-1]) == term.words[:-1] and last_fits:
            places.append((place, length))
    return places


def get_all_places(part, words):
    choices = part.parts if isinstance(part, Or) else (part,)
    return [found for choice in choices for found in get_places(choice, words)]


def are_near(one, other, distance, words):
    for place in get_all_places(one, words):
        for other_place in get_all_places(other, words):
            (first, length), (last, _) = sorted([place, other_place])
            if last - first - length <= distance:
                return True
    return False


def is_match(node, words):
    if isinstance(node, And):
        return all(is_match(part, words) for part in node.parts)
    if isinstance(node, Or):
        return any(is_match(part, words) for part in node.parts)
    if isinstance(node, Not):
        return not is_match(node.part, words)
    if isinstance(node, Near):
        return all(
            are_near(node.parts[at], node.parts[at + 1], distance, words)
            for at, distance in enumerate(node.distances)
        )
    assert isinstance(node, (Word, Phrase, Prefix))
    return bool(get_places(node, words))


def find(node, texts):
    """The keys of the texts (by key, folded, as lists of words) that a tree finds."""
    return [] if node is None else [k for k, words in texts.items() if is_match(node, words)]
