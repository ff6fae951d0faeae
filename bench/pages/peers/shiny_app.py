"""The page in Shiny for Python."""

from page import draw_months, draw_topics, make_headline, read_frames
from shiny import App, reactive, render, ui

FRAMES = read_frames()
HOSPITALS = FRAMES.list_hospitals()

page = ui.page_fluid(
    ui.h1("What patients say"),
    ui.input_radio_buttons("hospital", "Hospital", HOSPITALS, inline=True),
    ui.p(ui.output_text("headline", inline=True), id="figures"),
    ui.output_ui("topics"),
    ui.output_ui("months"),
)


def serve(input, output, session):  # noqa: A002, ARG001 (Shiny's own names)
    @reactive.calc
    def narrowed():
        return FRAMES.narrow(input.hospital())

    @render.text
    def headline():
        return f"{input.hospital()}: {make_headline(narrowed())}"

    # As much of Plotly as a widget would bring, without its kernel.
    @render.ui
    def topics():
        return ui.HTML(draw_topics(narrowed()).to_html(include_plotlyjs=False, full_html=False))

    @render.ui
    def months():
        return ui.HTML(draw_months(narrowed()).to_html(include_plotlyjs=False, full_html=False))


def add_plotly():
    from plotly.offline import get_plotlyjs

    return ui.head_content(ui.tags.script(ui.HTML(get_plotlyjs())))


app = App(ui.TagList(add_plotly(), page), serve)
