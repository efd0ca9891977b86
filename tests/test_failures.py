"""What is lacking is said as what it is, with the limit and how to raise it."""

import errno
import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlpcli.system import as_error, require_writable


@pytest.fixture
def limited() -> Iterator[Callable[[int, int], None]]:
    """Give a function that sets a soft limit of this process, for the test alone."""
    before: dict[int, tuple[int, int]] = {}

    def limited(kind: int, amount: int) -> None:
        before.setdefault(kind, resource.getrlimit(kind))
        resource.setrlimit(kind, (amount, before[kind][1]))

    yield limited
    for kind, limits in before.items():
        resource.setrlimit(kind, limits)


def said(error: BaseException) -> str:
    known = as_error(error)
    assert known is not None
    assert known.exit_code == 1
    return f"{known}\n{known.hint}".strip()


def test_an_error_of_a_file_names_it_and_one_without_a_file_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["mlpcli", "check", "a.yaml"])
    assert said(PermissionError(errno.EACCES, "Permission denied", "a\nb")) == (
        "a\\nb: permission denied"
    )
    assert said(OSError(errno.EIO, "Input/output error")) == "mlpcli check: input/output error"
    assert said(OSError(errno.ENOSPC, "No space left on device", "x")) == (
        "x: no space left on device\nmake room on the disk"
    )


def test_limits_are_named_with_the_command_that_raises_them(
    limited: Callable[[int, int], None],
) -> None:
    limited(resource.RLIMIT_NOFILE, 200)
    limited(resource.RLIMIT_NPROC, 1_000)
    files = "too many open files: this process may have 200 (ulimit -n 200)"
    threads = (
        "no further thread or process can be started, allowed 1,000 threads and processes, this "
        "user's limit (ulimit -u 1000)\nend other programs, or allow more: ulimit -u 4096"
    )
    for lacking, text in (
        (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), f"{files}\n"),
        (OSError(errno.EMFILE, os.strerror(errno.EMFILE), "x"), f"x: {files}\n"),
        (ImportError("x.so: cannot open shared object file: Too many open files"), f"{files}\n"),
        (RuntimeError("can't start new thread"), threads),
        (BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)), threads),
    ):
        assert said(lacking).startswith(text)


def test_memory_is_named_by_the_limit_that_it_met(limited: Callable[[int, int], None]) -> None:
    small = "out of memory"
    for lacking in (
        MemoryError(),
        OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)),
        ImportError("x.so: failed to map segment from shared object"),
    ):
        assert said(lacking) == f"{small}\nend other programs, or give this one more"
    limited(resource.RLIMIT_DATA, 10**12)
    for lacking in (MemoryError(), RuntimeError("can't start new thread")):
        assert said(lacking) == (
            "out of memory: this process may have 1,000 GB of data (ulimit -d 976562500)\n"
            "allow more: ulimit -d unlimited"
        )


def test_a_missing_library_is_named_with_what_to_install() -> None:
    missing = said(ModuleNotFoundError("No module named 'yaml.x'", name="yaml.x"))
    assert missing.startswith("the Python module yaml.x is missing\ninstall it: ")
    assert missing.endswith(" -m pip install 'pyyaml>=6.0'")
    keras = said(ModuleNotFoundError("No module named 'keras'", name="keras"))
    assert keras.endswith(" -m pip install 'tensorflow>=2.20'")
    ours = said(ModuleNotFoundError("No module named 'mlpcli.x'", name="mlpcli.x"))
    assert ours.endswith(" -m pip install mlpcli")
    broken = said(ImportError("a trace\nlibz.so.1: cannot open shared object file", name="scipy"))
    assert broken.startswith("a library cannot be loaded: libz.so.1: cannot open shared object")
    assert "--force-reinstall 'scipy>=" in broken


def test_a_fault_of_the_program_is_no_such_error() -> None:
    assert as_error(RuntimeError("deadlock")) is None
    assert as_error(KeyError("x")) is None


def refusal(folder: Path) -> str:
    with pytest.raises(OSError) as caught:  # noqa: PT011  # the text is what is tested
        require_writable(folder)
    return caught.value.strerror or ""


def test_a_place_that_cannot_be_written_says_why_and_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limited: Callable[[int, int], None]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("File").write_text("")
    Path("link").symlink_to("nowhere")
    Path("loop").symlink_to("loop")
    there = sorted(Path().iterdir())
    assert refusal(Path("File")) == "is a file, not a directory"
    assert refusal(Path("File/a/b")) == "File: is a file, not a directory"
    assert refusal(Path("link")) == "is a link to nowhere, which leads nowhere"
    assert refusal(Path("link/a")) == "link: is a link to nowhere, which leads nowhere"
    assert refusal(Path("loop")) == "is a link to loop, which leads nowhere"
    assert refusal(Path("/dev/null")) == "is not a directory"
    assert refusal(Path("x" * 300)) == "File name too long"
    assert require_writable(Path("a/b/c")) == Path()
    limited(resource.RLIMIT_FSIZE, 0)
    assert refusal(Path("a")) == "the working directory: file too large"
    assert sorted(Path().iterdir()) == there
    folder = tmp_path / "removed"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert refusal(Path("runs")) == "the working directory: has been removed"
