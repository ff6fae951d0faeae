"""How long pages take in real Chromium, and how many bytes, beside Shiny, Dash and Streamlit.

    python bench/pages FOLDER [--peers PYTHON] [--tries 15] [--write docs/why/pages.md]

FOLDER is one that `bench/store` made: `store` and the same as plain files. PYTHON is one of a
virtual environment with shiny, dash[compress], streamlit, plotly, pandas, pyarrow and waitress.

Each contender is served by its own process on this machine, warmed by one visit. A new visitor has
an empty cache, a returning one has been there before. A page is complete when the browser says so
(ours), or when the last figure and the last chart are there (theirs, which go on after that). A
click chooses other comments, never twice the same; it is over when their page is complete (ours) or
when nothing in the page changes any more (theirs), by the browser's clock.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from browsing import browse, measure_bytes, measure_clicks, measure_visits
from contenders import list_ours, list_peers, write_page_data
from tables import make_tables


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peers", type=Path, help="a Python that has the others")
    parser.add_argument("--tries", type=int, default=15)
    parser.add_argument("--write", type=Path, help="a page to write the tables into")
    asked = parser.parse_args()
    write_page_data(asked.folder)
    found: dict[str, Any] = {}
    contenders = [
        *list_ours(asked.folder),
        *(list_peers(asked.folder, asked.peers) if asked.peers else []),
    ]
    with browse() as browser:
        for contender in contenders:
            with contender.serve() as address:
                found[contender.name] = {
                    **measure_visits(browser, contender, address, asked.tries),
                    **measure_bytes(browser, contender, address),
                    "click": measure_clicks(browser, contender, address),
                }
            print(json.dumps({contender.name: found[contender.name]}), flush=True)
    text = make_tables(found)
    print(text)
    if asked.write:
        head, mark, _ = asked.write.read_text().partition("<!-- measured -->\n")
        asked.write.write_text(f"{head}{mark}\n{text}")


if __name__ == "__main__":
    main()
