"""From what was typed to a query. Nothing that can be typed is an error.

    query   = choice
    choice  = all { OR all }
    all     = one { [AND] one }
    one     = { NOT } near
    near    = atom { NEAR atom }
    atom    = word | phrase | beginning* | ( choice )

An operator without words on the sides where it needs them is left out, and a note says so.
"""

from yousaid.store.search.query import (
    TERMS,
    Near,
    Node,
    Or,
    Query,
    make_and,
    make_not,
    make_or,
)
from yousaid.store.search.scan import Operator, Scan, scan


def parse(typed: str) -> Query:
    """What a person asks for who types this. Never raises."""
    scanned = scan(typed)
    tree = _Parser(scanned).read_choice()
    return Query(tree, tuple(scanned.notes), is_blank=not typed.strip())


class _Parser:
    def __init__(self, scanned: Scan) -> None:
        self._scanned = scanned
        self._tokens = scanned.tokens
        self._at = 0

    def _peek(self) -> str | None:
        """The name of the next token: an operator's, “term”, or None at the end."""
        if self._at == len(self._tokens):
            return None
        token = self._tokens[self._at]
        return token.name if isinstance(token, Operator) else "term"

    def _skip(self, name: str) -> bool:
        is_there = self._peek() == name
        self._at += is_there
        return is_there

    def _note_lone(self, name: str, needs: str = "words on both sides") -> None:
        self._scanned.note(f"{name} was left out, as it needs {needs}")

    def read_choice(self) -> Node | None:
        parts = [self._read_all()]
        while self._skip("OR"):
            parts.append(self._read_all())
        found = [part for part in parts if part is not None]
        if len(found) < len(parts) and len(parts) > 1:
            self._note_lone("OR")
        return make_or(found)

    def _read_all(self) -> Node | None:
        parts: list[Node] = []
        while self._peek() not in (None, "OR", ")"):
            if self._skip("AND"):
                if not parts or self._peek() in (None, "AND", "OR", ")"):
                    self._note_lone("AND")
            elif self._skip("NEAR"):
                self._note_lone("NEAR")
            elif (part := self._read_one()) is not None:
                parts.append(part)
        return make_and(parts)

    def _read_one(self) -> Node | None:
        count = 0
        while self._skip("NOT"):
            count += 1
        part = self._read_near()
        if part is None and count:
            self._note_lone("NOT", "words after it")
        return part if part is None or count % 2 == 0 else make_not(part)

    def _read_near(self) -> Node | None:
        parts = [self._read_atom()]
        distances = []
        while parts[-1] is not None and self._peek() == "NEAR":
            operator = self._tokens[self._at]
            assert isinstance(operator, Operator)
            self._at += 1
            distances.append(operator.distance)
            parts.append(self._read_atom())
        if parts[-1] is None and len(parts) > 1:
            self._note_lone("NEAR")
            parts.pop()
            distances.pop()
        return self._make_near([part for part in parts if part is not None], distances)

    def _make_near(self, parts: list[Node], distances: list[int]) -> Node | None:
        fit = [part for part in parts if _can_be_near(part)]
        if len(parts) < 2 or len(fit) < len(parts):
            if len(parts) > 1:
                self._scanned.note("NEAR stands between words, phrases or a choice of these only")
            return make_and(parts)
        return Near(tuple(part for part in fit if isinstance(part, (*TERMS, Or))), tuple(distances))

    def _read_atom(self) -> Node | None:
        if self._skip("("):
            inner = self.read_choice()
            self._skip(")")
            return inner
        if self._peek() != "term":
            return None
        token = self._tokens[self._at]
        assert isinstance(token, TERMS)
        self._at += 1
        return token


def _can_be_near(part: Node) -> bool:
    if isinstance(part, Or):
        return all(isinstance(choice, TERMS) for choice in part.parts)
    return isinstance(part, TERMS)
