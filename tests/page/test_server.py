"""`mlpcli report --serve`: pages of a folder's runs, for this machine alone, and no file of it."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from page.parsed import Parsed, require_harmless
from page.payloads import PAYLOADS
from running import MLPCLI

from mlpcli.errors import RunError
from mlpcli.page.server import AT_ONCE, _Server, serve_folder
from mlpcli.runs import MetricsRow
from mlpcli.runs.directory import RunDirectory

Finished = Callable[..., Path]
NAMED = "layers: 2\nwidth: 8"


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """Serve a folder in a thread; give the port."""
    with _Server(folder, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def asked(
    port: int, path: str = "/", method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], str]:
    """Return status, headers and content of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for key, value in headers.items():
        connection.putheader(key, value)
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()
    connection.close()
    return found


def links(page: str) -> list[str]:
    return [str(each["href"]) for each in Parsed(page).names("a")]


def test_the_list_leads_to_each_run_and_these_back(finished: Finished) -> None:
    paths = [finished(f"run{n}", NAMED) for n in range(3)]
    with served(paths[0].parent) as port:
        _, _, page = asked(port)
        found = [each for each in links(page) if each.startswith("/run/")]
        assert {*found} == {f"/run/{path.name}" for path in paths}
        for each in found:
            status, _, run = asked(port, each)
            assert status == 200
            require_harmless(Parsed(run))
            assert "/" in links(run)
        assert asked(port, "/compare")[0] == 200


def test_what_it_answers_is_never_kept_or_framed_and_loads_nothing(finished: Finished) -> None:
    with served(finished("a", NAMED).parent) as port:
        _, headers, _ = asked(port)
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/run/", "/run/..", "/run/../../etc/passwd", "/run/%2e%2e%2fetc%2fpasswd", "/etc/passwd",
        "/run.json", "/run/RUN/run.json", "/run/RUN/../RUN", "/run/RUN%00", "/run/%ff%fe",
        "/run//etc/passwd", "/sweep/..", "/sweep/RUN", "/run/.hidden", "//RUN", "/%2f%2f", "/RUN",
        "/run/" + "a" * 5_000,
    ],
)  # fmt: skip
def test_no_address_leads_to_a_file(finished: Finished, path: str) -> None:
    run = finished("a", NAMED)
    (run.parent / ".hidden").mkdir()
    (run.parent / ".hidden" / "config.yaml").write_text("layers: 1")
    with served(run.parent) as port:
        status, _, page = asked(port, path.replace("RUN", run.name))
    assert status in (404, 414)
    assert "root:" not in page
    assert "schema_version" not in page


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_it_takes_nothing(finished: Finished, method: str) -> None:
    with served(finished("a", NAMED).parent) as port:
        assert asked(port, method=method)[0] == 501
        assert asked(port, method="HEAD")[::2] == (200, "")


@pytest.mark.parametrize("host", ["example.org", "example.org:80", "0.0.0.0", ""])
def test_it_answers_to_its_own_name_alone(finished: Finished, host: str) -> None:
    with served(finished("a", NAMED).parent) as port:
        assert asked(port, Host=host)[0] == 403
        assert asked(port, Host=f"localhost:{port}")[0] == 200


def test_names_of_runs_are_no_markup_and_lead_to_them(finished: Finished) -> None:
    run, names = finished("a", NAMED), []
    for word in PAYLOADS:
        name = word.replace("/", "").encode("utf-8", "replace").decode()[:100]
        other = RunDirectory.create(run.parent, "b", NAMED, {})
        with other:
            other.append(MetricsRow(1, 2.0, 0.1, 0.1, 0.1, 100.0))
        other.path.rename(run.parent / name)
        names.append(name)
    with served(run.parent) as port:
        _, _, page = asked(port)
        require_harmless(Parsed(page))
        for name in names:
            address = f"/run/{quote(name, safe='')}"
            assert address in links(page)
            status, _, found = asked(port, address)
            assert status == 200
            require_harmless(Parsed(found))


def test_a_name_that_is_no_text_leads_to_its_run(finished: Finished) -> None:
    run = finished("a", NAMED)
    shutil.copytree(run, run.with_name("b\udcff<i>"))  # as the system has a byte that is no text
    with served(run.parent) as port:
        assert "/run/b%FF%3Ci%3E" in links(asked(port)[2])
        status, _, page = asked(port, "/run/b%FF%3Ci%3E")
    assert status == 200
    require_harmless(Parsed(page))


def test_no_page_of_another_server_can_wear_it_out(finished: Finished) -> None:
    with served(finished("a", NAMED).parent) as port:
        for site in ("cross-site", "same-site"):
            asked_by = {"Sec-Fetch-Site": site}
            assert asked(port, **asked_by, **{"Sec-Fetch-Dest": "image"})[0] == 403
            assert asked(port, **asked_by, **{"Sec-Fetch-Dest": "iframe"})[0] == 403
            assert asked(port, **asked_by, **{"Sec-Fetch-Dest": "document"})[0] == 200  # a link
        assert asked(port, **{"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"})[0] == 200


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "runs"), "runs: permission denied"),
        (MemoryError(), "out of memory"),
        (ValueError("no such bin"), "a fault of mlpcli, which is said where the server was"),
    ],
)
def test_whatever_goes_wrong_has_an_answer_and_the_next_page_is_made(
    finished: Finished,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    said: str,
) -> None:
    def fail(*_: object) -> None:
        raise error

    with served(finished("a", NAMED).parent) as port:
        with monkeypatch.context() as patch:
            patch.setattr("mlpcli.page.server.page_at", fail)
            for _ in range(AT_ONCE + 1):
                status, _, page = asked(port)
                assert status == 500
                assert said in page
        assert asked(port)[0] == 200
    assert ("no such bin" in capsys.readouterr().err) == isinstance(error, ValueError)


def test_a_run_under_way_is_asked_for_again_until_it_ends(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path, "live", NAMED, {})
    with served(tmp_path) as port, run:
        run.append(MetricsRow(1, 2.0, 0.1, 0.1, 0.1, 100.0))
        address = f"/run/{run.path.name}"
        assert 'http-equiv="refresh"' in asked(port, address)[2]
        run.append(MetricsRow(2, 1.23456, 0.1, 0.1, 0.2, 100.0, 1.5, 0.25))
        assert "1.235" in asked(port, address)[2]


def test_a_damaged_run_is_said_and_the_others_are_there(finished: Finished) -> None:
    run = finished("a", NAMED)
    finished("b", NAMED)
    (run / "run.json").write_text("nonsense")
    with served(run.parent) as port:
        _, _, page = asked(port)
        assert "run.json" in page
        status, _, said = asked(port, f"/run/{run.name}")
    assert status == 200
    assert "run.json" in said


def test_a_folder_without_runs_is_listed(tmp_path: Path) -> None:
    with served(tmp_path) as port:
        status, _, page = asked(port)
    assert status == 200
    assert "There is no run here yet." in page


def test_a_thousand_runs_are_listed(finished: Finished) -> None:
    run = finished("a", NAMED)
    for nth in range(999):
        other = run.parent / f"20260101-000000-a-{nth:04x}"
        other.mkdir()
        for file in run.iterdir():
            os.link(file, other / file.name)
    with served(run.parent) as port:
        asked(port)
        begun = time.perf_counter()
        _, _, page = asked(port)
        seconds = time.perf_counter() - begun
    assert page.count('href="/run/') == 1_000
    assert seconds < 10  # 0.3 on a machine with nothing else to do


def test_a_folder_that_is_not_there_or_a_port_that_is_taken_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such folder"):
        serve_folder(tmp_path / "none", None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RunError, match=f"--port {port}: "):
            serve_folder(tmp_path, port)


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(tmp_path: Path, number: int) -> None:
    words = [sys.executable, MLPCLI, "report", "--serve", str(tmp_path), "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        address = server.stdout.readline()
        assert address.startswith("http://127.0.0.1:")
        assert asked(int(address.strip("/\n").rpartition(":")[2]))[0] == 200
        server.send_signal(number)
        assert server.wait(20) == 128 + number
