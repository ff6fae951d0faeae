"""The page in Streamlit."""

import streamlit as st
from page import draw_months, draw_topics, make_headline, read_frames

read_once = st.cache_resource(read_frames)

st.set_page_config(page_title="What patients say", layout="wide")
st.title("What patients say")
frames = read_once()
hospital = st.radio("Hospital", frames.list_hospitals(), horizontal=True)
narrowed = frames.narrow(hospital)
st.markdown(f"{hospital}: {make_headline(narrowed)}")
st.plotly_chart(draw_topics(narrowed))
st.plotly_chart(draw_months(narrowed))
