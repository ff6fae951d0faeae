"""The four rules again, slowly: each point looks at every stretch that it lies in."""

from itertools import pairwise


def find_causes(values, lower, near_lower, centre, near_upper, upper):
    lines = list(zip(lower, near_lower, centre, near_upper, upper, strict=True))
    return [find_cause(values, lines, place) for place in range(len(values))]


def find_cause(values, lines, place):
    value, (lower, _, _, _, upper) = values[place], lines[place]
    if value > upper:
        return "above_limit"
    if value < lower:
        return "below_limit"
    for start in list_starts(values, place, 7):
        stretch = values[start : start + 7]
        if all(one < other for one, other in pairwise(stretch)):
            return "rising"
        if all(one > other for one, other in pairwise(stretch)):
            return "falling"
    for start in list_starts(values, place, 3):
        places = range(start, start + 3)
        for sign, name in ((1, "near_upper_limit"), (-1, "near_lower_limit")):
            near = [n for n in places if is_near(values[n], lines[n], sign)]
            if place in near and len(near) >= 2 and is_on_one_side(values, lines, places, sign):
                return name
    for start in list_starts(values, place, 7):
        for sign, name in ((1, "run_above"), (-1, "run_below")):
            if is_on_one_side(values, lines, range(start, start + 7), sign):
                return name
    return None


def list_starts(values, place, length):
    return [n for n in range(len(values) - length + 1) if n <= place < n + length]


def is_on_one_side(values, lines, places, sign):
    return all(sign * (values[n] - lines[n][2]) > 0 for n in places)


def is_near(value, lines, sign):
    lower, near_lower, _, near_upper, upper = lines
    return near_upper < value <= upper if sign > 0 else lower <= value < near_lower
