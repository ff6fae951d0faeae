"""Starting the dashboard: a port, an application, a server."""

import gc
import ipaddress
import re
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from yousaid.errors import ServeError
from yousaid.ingest.tables import open_table
from yousaid.model.inventory import get_shipped_cards
from yousaid.model.reader import Reader
from yousaid.pipeline import load_table
from yousaid.store.layout import Store, create_store
from yousaid.web.app import make_app

Say = Callable[[str], None]
_SAMPLE_NOTICE = "Sample data: the trust, its patients and every comment here are invented."
# As Starlette compares them with what the browser asked for, which comes without the port.
_NAME = re.compile(r"\*|(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\]")
_LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")


def serve_store(
    store: Store,
    host: str,
    port: int,
    names: tuple[str, ...],
    say: Say,
    *,
    sample: Path,
    allow_changes: bool = False,
) -> None:
    """Serve the dashboard until it is interrupted; port 0 takes any that is free.

    Browsers reach it by `host`, by the names of this machine's own loopback, and by `names`. Files
    can be brought in and taken back from this machine, and from others where that is allowed.
    Raises ServeError where the address cannot be listened on, or a name is none.
    """
    _check_names(host, names)
    with _listen(host, port) as listener:
        can_change = allow_changes or _is_loopback(host)
        _serve(store, listener, host, names, say, sample=sample, can_change=can_change)


def serve_demo(sample: Path, port: int, say: Say) -> None:
    """Bring the sample into a folder of its own and serve it; the folder goes when it ends."""
    # The port first: a port in use should be told before the work, not after it.
    with _listen("127.0.0.1", port) as listener, tempfile.TemporaryDirectory() as folder:
        say("Reading the sample: three years of comments to an invented trust …")
        store_folder = Path(folder) / "store"
        load_table(
            open_table(str(sample)), store_folder, Reader(), column_map=None, now=datetime.now(UTC)
        )
        _serve(create_store(store_folder), listener, "127.0.0.1", (), say, notice=_SAMPLE_NOTICE)


def _check_names(host: str, names: tuple[str, ...]) -> None:
    # To the system an empty address is every address, which nobody should open by mistake.
    if not host.strip():
        raise ServeError(
            "--host is empty. Name the address to listen on, or 0.0.0.0 for all of them."
        )
    for name in names:
        if not _NAME.fullmatch(name):
            raise ServeError(
                f"--name “{name}” is not a name by which a browser reaches a machine. Give one "
                "like ward-pc or feedback.example.nhs.uk, without port and path; a * may stand "
                "first, for whatever comes before a dot (*.example.nhs.uk)."
            )


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ServeError(
            f"The dashboard cannot listen on {host}, port {port} ({error.strerror or error}). "
            "If another program uses the port, choose one with --port."
        ) from error
    return listener


def _serve(
    store: Store,
    listener: socket.socket,
    host: str,
    names: tuple[str, ...],
    say: Say,
    *,
    notice: str = "",
    sample: Path | None = None,
    can_change: bool = False,
) -> None:
    app = make_app(
        store,
        allowed_hosts=(*_LOCAL_NAMES, host, *names),
        model_cards=get_shipped_cards(),
        notice=notice,
        can_change=can_change,
        sample=sample,
    )
    port = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    say(f"The dashboard is at http://{shown}:{port}/ (Ctrl+C stops it).")
    if not _is_loopback(host):
        may = "read every comment, and bring files in and take them back" if can_change else ""
        say(
            "It has no sign-in yet: whoever can reach this address can "
            f"{may or 'read every comment'}."
        )
    # No access log: addresses hold the words that people search for.
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    # The server hands a signal on when it has finished its answers. Ctrl+C and a stop by the
    # system are how a dashboard ends, not failures, and the demo has a folder to clear away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # What is loaded by now stays. A table of thousands of counts sets the collector going, which
    # would look through all of it: 25 ms of every twentieth.
    gc.freeze()
    try:
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        # DuckDB would complain on the terminal of what the last collection could not look through.
        gc.unfreeze()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
