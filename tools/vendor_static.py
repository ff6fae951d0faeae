"""Vendor the stylesheet of the NHS design system, so that pages fetch nothing from outside.

Run with the package as npm serves it:

    npm pack nhsuk-frontend@10.6.1
    python tools/vendor_static.py nhsuk-frontend-10.6.1.tgz

The same tarball always gives the same files. Two things are changed, and nothing else:

- the Frutiger font is taken out. Its files lie on assets.nhs.uk and its licence covers NHS
  organisations only; Arial, the design system's own second choice, takes its place;
- addresses of icons become relative, so that the folder works wherever it is served from.

The JavaScript is left behind: our pages need none. So are the NHS logos and favicons, which are
for NHS organisations to switch on.
"""

import argparse
import hashlib
import re
import sys
import tarfile
from pathlib import Path

VERSION = "10.6.1"
# What npm served on 22 November 2026.
TARBALL_SHA256 = "1af037bcb75237c4208809d3ac9a06522ccf61b2268221268ead3985bceb060b"
TARGET = Path(__file__).parents[1] / "src/yousaid/web/static/vendor"
CSS_NAME = f"nhsuk-frontend-{VERSION}.min.css"
_CSS_MEMBER = f"package/dist/nhsuk/{CSS_NAME}"
_ICON_MEMBER = "package/dist/nhsuk/assets/images/{}"

LICENCE = """\
The MIT License (MIT)

Copyright (c) NHS England

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""

README = """\
# Files from others

Made by `tools/vendor_static.py`; do not edit by hand.

| | |
|---|---|
| package | nhsuk-frontend {version}, from npm |
| licence | MIT, NHS England (`LICENCE.nhsuk-frontend.txt`) |
| tarball SHA-256 | `{tarball}` |
| changed | Frutiger taken out; addresses of icons made relative |

| file | SHA-256 |
|---|---|
{files}
"""


def remove_frutiger(css: str) -> str:
    """The stylesheet without the font's rules and name."""
    return re.sub(r"@font-face\{[^}]*\}", "", css).replace("Frutiger W01,", "")


def find_icons(css: str) -> list[str]:
    """The names of the icon files that the stylesheet asks for, in alphabetical order."""
    return sorted(set(re.findall(r"url\(/assets/images/([\w.-]+)\)", css)))


def make_files(tarball: Path) -> dict[str, bytes]:
    """Every vendored file by its name under the target folder."""
    with tarfile.open(tarball) as archive:
        css = remove_frutiger(_read(archive, _CSS_MEMBER).decode("utf-8"))
        icons = {name: _read(archive, _ICON_MEMBER.format(name)) for name in find_icons(css)}
    css = css.replace("url(/assets/images/", "url(images/")
    files = {CSS_NAME: css.encode(), "LICENCE.nhsuk-frontend.txt": LICENCE.encode()}
    files |= {f"images/{name}": content for name, content in icons.items()}
    rows = [f"| `{name}` | `{_digest(content)}` |" for name, content in files.items()]
    readme = README.format(version=VERSION, tarball=TARBALL_SHA256, files="\n".join(rows))
    return {**files, "README.md": readme.encode()}


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    assert member is not None
    return member.read()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description="Vendor the NHS design system's stylesheet.")
    parser.add_argument("tarball", type=Path, help=f"nhsuk-frontend-{VERSION}.tgz from npm pack")
    tarball = parser.parse_args().tarball
    if _digest(tarball.read_bytes()) != TARBALL_SHA256:
        print(f"{tarball} is not nhsuk-frontend {VERSION} as npm served it.", file=sys.stderr)
        return 1
    for name, content in make_files(tarball).items():
        path = TARGET / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
