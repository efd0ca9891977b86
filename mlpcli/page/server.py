"""The pages of a folder's runs on this machine: made when they are asked for, and never files."""

from __future__ import annotations

import sys
import traceback
import webbrowser
from http import HTTPStatus
from http.client import HTTP_PORT
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.page.html import policy, to_html
from mlpcli.page.routes import NotFoundError, page_at
from mlpcli.system import as_error, reason
from mlpcli.terminal import print_line, stderr_console, stop_requests

HOST, PORT = "127.0.0.1", 8017
LONGEST = 2_000  # characters of an address
AT_ONCE = 2  # pages that are made: one may take a data set's memory
ASK_SECONDS = 0.2  # between looks at whether a signal has come
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    timeout = ASK_SECONDS

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.room = folder, BoundedSemaphore(AT_ONCE)
        super().__init__((HOST, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Be silent of a reader that has left; show what else went wrong."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD, of whoever asks this address by its own name."""

    server: _Server
    server_version, sys_version = "mlpcli", ""
    timeout = 30

    def do_GET(self) -> None:  # http.server calls it so
        self._answer(has_body=True)

    def do_HEAD(self) -> None:
        self._answer(has_body=False)

    def _answer(self, has_body: bool) -> None:
        status, content = self._found()
        self.send_response(status)
        for key, value in HEADERS.items():
            self.send_header(key, value)
        self.send_header("Content-Security-Policy", f"{policy()}; frame-ancestors 'none'")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if has_body:
            self.wfile.write(content)

    def _found(self) -> tuple[HTTPStatus, bytes]:
        port = self.server.server_address[1]
        own = {f"{name}{end}" for name in (HOST, "localhost") for end in _ends(port)}
        if self.headers.get("Host") not in own:
            # a page elsewhere whose name was made to lead here
            return HTTPStatus.FORBIDDEN, _plain("this server answers to its own name alone")
        if self._is_of_another_page():
            return HTTPStatus.FORBIDDEN, _plain("this server is no part of another page")
        if len(self.path) > LONGEST:
            return HTTPStatus.REQUEST_URI_TOO_LONG, _plain("too long")
        with self.server.room:
            return self._made()

    def _is_of_another_page(self) -> bool:
        """Whether a page of another server asks: it could not read an answer, but wear this out."""
        foreign = self.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
        return foreign and self.headers.get("Sec-Fetch-Dest") != "document"  # that is a link

    def _made(self) -> tuple[HTTPStatus, bytes]:
        try:
            page = page_at(self.server.folder, self.path.partition("?")[0])
            return HTTPStatus.OK, to_html(page).encode("utf-8", "replace")
        except NotFoundError as error:
            return HTTPStatus.NOT_FOUND, _plain(str(error))
        except MlpcliError as error:  # a run that cannot be read
            return HTTPStatus.OK, _plain(str(error))
        except Exception as error:  # whatever it is, the next page may be well
            known = as_error(error)
            if known is None:
                traceback.print_exc()
            said = str(known or "a fault of mlpcli, which is said where the server was started")
            return HTTPStatus.INTERNAL_SERVER_ERROR, _plain(said)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep what is asked to itself."""


def _plain(text: str) -> bytes:
    from mlpcli.page.content import Link, Page, Part

    page = Page("mlpcli", [Part("", notes=[shown(text, 500)])], back=Link("All runs", "/"))
    return to_html(page).encode("utf-8", "replace")


def serve_folder(folder: Path, port: int | None, opens: bool = False) -> int:
    """Serve a folder's runs until a signal; return the exit code that it has.

    Raises RunError where there is no such folder, or the port is taken.
    """
    if not folder.is_dir():
        raise RunError(
            f"{shown(folder, 200)}: no such folder", "name one: mlpcli report --serve DIR"
        )
    with _bound(folder, port) as server:
        address = f"http://{HOST}:{server.server_address[1]}/"
        print(address, flush=True)
        print_line(stderr_console(), "on this machine alone, until Ctrl-C", "dim")
        if opens:
            webbrowser.open(address)
        with stop_requests() as stop:
            while stop.received is None:
                server.handle_request()
        return 128 + stop.received


def _bound(folder: Path, port: int | None) -> _Server:
    """Return the server on a port; without one on its usual, or where that is taken a free one."""
    try:
        return _Server(folder, PORT if port is None else port)
    except OSError as error:
        if port is None:
            return _Server(folder, 0)
        raise RunError(
            f"--port {port}: {reason(error)}", "leave it out, for one that is free"
        ) from error


def _ends(port: int) -> tuple[str, ...]:
    """Return how addresses with that port may end: a browser leaves that of HTTP out."""
    return (f":{port}", "") if port == HTTP_PORT else (f":{port}",)
