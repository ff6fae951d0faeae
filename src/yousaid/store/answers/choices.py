"""What can be asked for: the values of every field of a filter, and the files that came in."""

from dataclasses import dataclass
from datetime import date, datetime

from yousaid.records import QuestionKind, TopicSentiment

# Names, each with a count.
Named = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen next in each field, and how many comments that choice alone would leave.

    Each count is under the filter's other fields; that of a demographic is also under what is
    asked of demographics of other names. Kinds, scores, sentiments and the yes and no of `mixed`
    and `corrected` are all listed, in the order of `yousaid.records`; whatever else only where it
    leaves a comment or is chosen already: topics in framework order, places by name (every level
    of the tree, parents first), questions, demographics and sources by name, uploads by number.
    `no_topics` count the comments that are not about the topic. `first_date` and `last_date` bound
    the rows that the other fields leave.
    """

    places: tuple[tuple[tuple[str, ...], int], ...]
    questions: Named
    kinds: tuple[tuple[QuestionKind, int], ...]
    topics: Named
    all_topics: Named
    no_topics: Named
    scores: tuple[tuple[int, int], ...]
    sentiments: tuple[tuple[TopicSentiment, int], ...]
    mixed: tuple[tuple[bool, int], ...]
    urgent_count: int
    demographics: tuple[tuple[tuple[str, str], int], ...]
    sources: Named
    uploads: Named
    corrected: tuple[tuple[bool, int], ...]
    first_date: date | None
    last_date: date | None


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that was brought in; the counts and dates are of its rows inside the scope."""

    upload_id: str
    file_name: str
    added_at: datetime
    framework_version: str
    response_count: int
    comment_count: int
    first_date: date | None
    last_date: date | None
