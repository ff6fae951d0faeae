"""The real server in a process of its own: what it says aloud."""

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.web.feedback import make_feedback, make_store

TIMEOUT_S = 30


def test_serve_writes_no_searched_word_anywhere(tmp_path: Path) -> None:
    store = make_store(tmp_path / "feedback", *make_feedback(30))
    command = [sys.executable, "-m", "yousaid", "serve", str(store.folder), "--port", "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:  # type: ignore[call-overload]
        said = process.stderr.readline()
        try:
            address = re.search(r"http://\S+/", said)
            assert address, said
            with urllib.request.urlopen(
                f"{address[0]}comments?words=zebra", timeout=TIMEOUT_S
            ) as answer:
                assert "with “zebra”" in answer.read().decode()
        finally:
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0
    assert "zebra" not in out + said + err
