"""What the shown figures give away of the hidden ones, exactly.

Each sum that a reader can check is a node. A hidden count that stands in two of them, once on
either side, is an arc between the two: one more of it must be made up for by other hidden counts
along a way back. So a hidden count can be larger by d, as far as the shown figures tell, exactly
when d units can flow round; nothing is estimated, and nothing depends on rounding (flows of whole
numbers are whole). Tables with their totals, and places that add up to places, are of this kind:
Gusfield, “A graph theoretic approach to statistical data security”, SIAM Journal on Computing 17
(1988) 552; Cox, “Suppression methodology and statistical disclosure control”, JASA 75 (1980) 377.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(slots=True)
class _Arc:
    tail: int
    head: int
    value: int
    least: int


class Network:
    """The hidden counts of a table, with the sums that bind them.

    Between any two nodes there is at most one arc. A count is never below its `least`, which is
    what a reader knows of it without any sum.
    """

    def __init__(self, node_count: int) -> None:
        self._arcs: dict[tuple[int, int], _Arc] = {}
        # Bit sets of nodes: one step of the search is one “and” of two whole numbers.
        self._out = [0] * node_count
        self._into = [0] * node_count

    def hide(self, tail: int, head: int, value: int, least: int) -> None:
        """Add a hidden count, or set what is known of one anew."""
        arc = _Arc(tail, head, value, least)
        self._arcs[tail, head] = self._arcs[head, tail] = arc
        self._link(tail, head)
        if value > least:
            self._link(head, tail)
        else:
            self._unlink(head, tail)

    def can_change(self, tail: int, head: int, by: int) -> bool:
        """Whether the count could be larger by `by`, or smaller where that is below 0."""
        arc = self._arcs[tail, head]
        if by < 0 and arc.value + by < arc.least:
            return False
        start, goal = (head, tail) if by > 0 else (tail, head)
        self._close(arc)
        pushed: list[tuple[list[int], int]] = []
        missing = abs(by)
        while missing and (path := self._find_path(start, goal)):
            amount = min(missing, self._get_room(path))
            self._push(path, amount)
            pushed.append((path, amount))
            missing -= amount
        for path, amount in reversed(pushed):
            self._push(path[::-1], amount)
        self._open(arc)
        return not missing

    def can_sum_change(self, cells: Sequence[tuple[int, int]]) -> bool:
        """Whether the counts could add up to something else, by one of them alone going up or down
        while the others stay."""
        arcs = [self._arcs[cell] for cell in cells]
        for arc in arcs:
            self._close(arc)
        answer = any(
            self._find_path(arc.head, arc.tail)
            or (arc.value > arc.least and self._find_path(arc.tail, arc.head))
            for arc in arcs
        )
        for arc in arcs:
            self._open(arc)
        return answer

    def _link(self, start: int, end: int) -> None:
        self._out[start] |= 1 << end
        self._into[end] |= 1 << start

    def _unlink(self, start: int, end: int) -> None:
        self._out[start] &= ~(1 << end)
        self._into[end] &= ~(1 << start)

    def _close(self, arc: _Arc) -> None:
        self._unlink(arc.tail, arc.head)
        self._unlink(arc.head, arc.tail)

    def _open(self, arc: _Arc) -> None:
        self.hide(arc.tail, arc.head, arc.value, arc.least)

    def _find_path(self, start: int, goal: int) -> list[int]:
        """The nodes of a shortest way, both ends included; empty where there is none."""
        if self._out[start] >> goal & 1:
            return [start, goal]
        seen = 1 << start
        steps = [seen]
        while steps[-1]:
            ahead = 0
            for node in _list_bits(steps[-1]):
                ahead |= self._out[node] & ~seen
                if last := self._out[node] & self._into[goal] & ~seen:
                    return [*self._trace(steps, node), last.bit_length() - 1, goal]
            seen |= ahead
            steps.append(ahead)
        return []

    def _trace(self, steps: list[int], node: int) -> list[int]:
        path = [node]
        for step in reversed(steps[:-1]):
            path.append((step & self._into[path[-1]]).bit_length() - 1)
        return path[::-1]

    def _get_room(self, path: Sequence[int]) -> int:
        rooms = [
            arc.value - arc.least
            for start, end in pairwise(path)
            if (arc := self._arcs[start, end]).head == start
        ]
        return min(rooms, default=_ENDLESS)

    def _push(self, path: Sequence[int], amount: int) -> None:
        for start, end in pairwise(path):
            arc = self._arcs[start, end]
            self.hide(
                arc.tail,
                arc.head,
                arc.value + (amount if arc.tail == start else -amount),
                arc.least,
            )


# No count reaches this.
_ENDLESS = 1 << 62


def _list_bits(nodes: int) -> list[int]:
    found = []
    while nodes:
        last = nodes & -nodes
        found.append(last.bit_length() - 1)
        nodes ^= last
    return found
