"""The page in Dash."""

import sys

from dash import Dash, Input, Output, dcc, html
from page import EVERYWHERE, draw_months, draw_topics, make_headline, read_frames

FRAMES = read_frames()
HOSPITALS = FRAMES.list_hospitals()

app = Dash(__name__, title="What patients say", compress=True)
app.layout = html.Div(
    [
        html.H1("What patients say"),
        dcc.RadioItems(HOSPITALS, EVERYWHERE, id="hospital", inline=True),
        html.P(id="figures"),
        dcc.Graph(id="topics"),
        dcc.Graph(id="months"),
    ]
)


@app.callback(
    Output("figures", "children"),
    Output("topics", "figure"),
    Output("months", "figure"),
    Input("hospital", "value"),
)
def show(hospital):
    narrowed = FRAMES.narrow(hospital)
    return (
        f"{hospital}: {make_headline(narrowed)}",
        draw_topics(narrowed),
        draw_months(narrowed),
    )


if __name__ == "__main__":
    from waitress import serve

    serve(app.server, host="127.0.0.1", port=int(sys.argv[1]), threads=4)
