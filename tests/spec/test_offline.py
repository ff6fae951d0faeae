"""Nothing is fetched and nothing is sent: it all works where there is no network at all."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ALONE = ["unshare", "--map-root-user", "--net"]
CAN_BE_ALONE = (
    shutil.which("unshare")
    and not subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode
)

STEPS = """
import sys
from pathlib import Path
from yousaid.cli import app
from yousaid.sample import sample_path
from yousaid.store.layout import open_store
from yousaid.web.app import make_app
from starlette.testclient import TestClient
folder = Path(sys.argv[1])
app(["classify", str(sample_path()), "--text", "What was good?", "-o", str(folder / "out.xlsx")],
    standalone_mode=False)
app(["load", str(sample_path()), "--into", str(folder / "store")], standalone_mode=False)
with TestClient(make_app(open_store(folder / "store"), allowed_hosts=["*"])) as client:
    for path in ("/", "/comments", "/about", "/charts/trend.svg", "/charts/trend.png"):
        assert client.get(path).status_code == 200, path
"""


@pytest.mark.skipif(not CAN_BE_ALONE, reason="no program may leave the network here")
def test_classify_load_and_pages_without_a_network(tmp_path: Path) -> None:
    command = [*ALONE, sys.executable, "-c", STEPS, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.xlsx").exists()


def test_onnx_runtime_cannot_report_home() -> None:
    # Its later Linux builds carry a client that sends events; none of those may be installed.
    found = importlib.util.find_spec("onnxruntime")
    assert found
    assert found.origin
    libraries = sorted((Path(found.origin).parent / "capi").glob("*.so*"))
    assert libraries
    assert not [lib.name for lib in libraries if b"Applications6Events" in lib.read_bytes()]
