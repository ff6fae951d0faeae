"""What the measures promise, tried on invented data whose truth is known.

    python bench/measures [--only NAME] [--write docs/why/measures.md]

Each module beside this one simulates one promise (an interval that covers the truth so often, a
chart that seldom cries wolf) from a seed, and makes a section of the page.
"""

import argparse
import importlib
import sys
import time
from pathlib import Path

INTRODUCTION = """# How far the measures can be trusted

Made by `python bench/measures --write docs/why/measures.md` from invented data whose truth is
known; the same seed gives the same figures again. A 95 % interval should cover the truth in 95 of
100 trials; here 93 to 97 count as kept.
"""


def list_sections() -> list[str]:
    here = Path(__file__).parent
    return sorted(path.stem for path in here.glob("*.py") if not path.stem.startswith("_"))


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--only", choices=list_sections())
    wanted.add_argument("--write", type=Path)
    asked = wanted.parse_args()
    sections = [INTRODUCTION.strip()]
    for name in [asked.only] if asked.only else list_sections():
        start = time.perf_counter()
        sections.append(importlib.import_module(name).make_section().strip())
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    page = "\n\n".join(sections) + "\n"
    if asked.write:
        asked.write.write_text(page)
    else:
        print(page)


if __name__ == "__main__":
    main()
