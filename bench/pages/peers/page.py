"""What the page of every contender shows, by pandas over frames in memory."""

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

EVERYWHERE = "All hospitals"
_TOPIC_COUNT = 12
_BLUE, _RED, _GREY = "#005eb8", "#9b2c12", "#aeb7bd"


@dataclass(frozen=True)
class Frames:
    """Answers (hospital, month, score, sentiment) and mentions (hospital, topic, sign)."""

    answers: pd.DataFrame
    mentions: pd.DataFrame

    def list_hospitals(self) -> list[str]:
        return [EVERYWHERE, *self.answers["hospital"].cat.categories]

    def narrow(self, hospital: str) -> "Frames":
        if hospital == EVERYWHERE:
            return self
        return Frames(
            self.answers[self.answers["hospital"] == hospital],
            self.mentions[self.mentions["hospital"] == hospital],
        )


def read_frames() -> Frames:
    folder = Path(os.environ["PAGE_DATA"])
    return Frames(
        pd.read_parquet(folder / "page_answers.parquet").astype({"hospital": "category"}),
        pd.read_parquet(folder / "page_mentions.parquet").astype(
            {"hospital": "category", "topic": "category"}
        ),
    )


def make_headline(frames: Frames) -> str:
    """The sentence with the figures, which also says that the page is of what was asked."""
    answers = frames.answers
    scored = answers[(answers["score"] > 0) & answers["is_first"]]
    good = 100 * (scored["score"] <= 2).mean()
    return f"{len(answers):,} comments, {good:.1f}% of {len(scored):,} rated Very good or Good"


def draw_topics(frames: Frames) -> go.Figure:
    counts = frames.mentions.groupby(["topic", "sign"], observed=True).size().unstack(fill_value=0)
    most = counts.loc[counts.sum(axis=1).nlargest(_TOPIC_COUNT).index[::-1]]
    figure = go.Figure()
    figure.add_bar(y=most.index, x=-most[-1], orientation="h", name="Negative", marker_color=_RED)
    figure.add_bar(y=most.index, x=most[1], orientation="h", name="Positive", marker_color=_BLUE)
    figure.update_layout(barmode="relative", height=480, title="Topics")
    return figure


def draw_months(frames: Frames) -> go.Figure:
    answers = frames.answers
    scored = answers[(answers["score"] > 0) & answers["is_first"]]
    good = 100 * (scored["score"] <= 2).groupby(scored["month"]).mean()
    feelings = answers.groupby(["month", "feeling"]).size().unstack(fill_value=0)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True)
    figure.add_scatter(x=good.index, y=good, name="% good", row=1, col=1, line_color=_BLUE)
    for feeling, colour in ((1, _BLUE), (0, _GREY), (-1, _RED)):
        figure.add_bar(x=feelings.index, y=feelings[feeling], marker_color=colour, row=2, col=1)
    figure.update_layout(barmode="stack", height=480, title="Months", showlegend=False)
    return figure
