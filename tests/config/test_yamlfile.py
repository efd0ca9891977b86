"""What a config file may be: which files, which YAML, and how a refusal reads."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from mlpcli.config.load import load_config
from mlpcli.config.nodes import roots
from mlpcli.config.schema import Config
from mlpcli.config.yamlfile import entry, pairs, parse_mapping
from mlpcli.errors import ConfigError, Problem

Load = Callable[..., Config]
Refusal = Callable[..., str]

SOUND = "layers: 1\nlearning_rate: 0.1\nsteps: 10\nbatch_size: 32\n"
LOAD_DEEP = """
import time
from pathlib import Path
from mlpcli.config.load import load_config
from mlpcli.errors import ConfigError
began = time.perf_counter()
try:
    load_config(Path("deep.yaml"))
except ConfigError as error:
    print(time.perf_counter() - began, error)
"""
FLOW = "{layers: 1, learning_rate: 0.1, steps: 10, batch_size: 32}"


def file_refusal(path: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(Path(path))
    return str(caught.value)


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # the directory is read at once


@pytest.mark.parametrize(
    "content",
    [
        f"---\n{SOUND}...\n",
        f"# a comment\n\n{SOUND}# another\n",
        SOUND.replace("\n", "\r\n"),
        SOUND.replace("layers:", '"layers":'),
        f"\ufeff{SOUND}",
        FLOW,
        f"? layers\n: 1\n{SOUND.partition(chr(10))[2]}",
    ],
    ids=["markers", "comments", "crlf", "quoted key", "byte order mark", "flow", "complex key"],
)
def test_one_mapping_is_read_however_it_is_written(load: Load, content: str) -> None:
    assert load(content) == load(SOUND)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *((word, None) for word in ("", "~", "null", "Null", "NULL", "# a comment")),
        *(("true", True), ("True", True), ("false", False), ("FALSE", False)),
        *(("0", 0), ("-1", -1), ("+1", 1), ("1.0", 1.0), ("1e-4", 0.0001), ("-.5E+1", -5.0)),
        *((word, word) for word in ("yes", "off", "010", "0x10", "1:30", "1_000", ".inf", ".nan")),
        *(("9" * 40, int("9" * 40)), ("9" * 41, "9" * 41), ("1e999", "1e999")),
        *(('"1"', "1"), ("'true'", "true"), ('""', ""), ("|\n  1", "1\n"), (">\n  ~", "~\n")),
        *(("[]", []), ("[1, 1.0, a, ~, '1']", [1, 1.0, "a", None, "1"]), ("\n- 1\n- b", [1, "b"])),
    ],
)
def test_a_value_is_a_number_only_if_it_is_one_to_everybody(written: str, value: object) -> None:
    entries, problems = parse_mapping(f"key: {written}\n", "deep.yaml")
    assert problems == []
    assert repr(entries["key"].value) == repr(value)  # 1, 1.0 and True are equal


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("*other", "an alias, *other, is not allowed"),
        ("&here 0.1", "an anchor, &here, is not allowed"),
        ("[0.1, &here 0.1]", "an anchor, &here, is not allowed"),
        ("&here [0.1]", "an anchor, &here, is not allowed"),
        ("!!float 1", "a tag, tag:yaml.org,2002:float, is not allowed"),
        ("! 1", "a tag, !, is not allowed"),
        (
            "!!python/object/apply:os.system ['true']",
            "a tag, tag:yaml.org,2002:python/object/apply:os.system, is not allowed",
        ),
        ("{a: 1}", "nested, allowed a single value or a list of single values"),
        ("[[1]]", "nested, allowed a single value or a list of single values"),
        ("\n  a: 1", "nested, allowed a single value or a list of single values"),
    ],
)
def test_a_value_is_a_single_one_or_a_list_of_them(
    refusal: Refusal, written: str, text: str
) -> None:
    message = refusal(SOUND.replace("0.1", written))
    assert message == f"deep.yaml:2: learning_rate: {text}"


@pytest.mark.parametrize("key", ["[a]", "{a: 1}", "&a name", "!!str name", "*a ", "? [a]\n"])
def test_a_key_is_a_plain_name(refusal: Refusal, key: str) -> None:
    message = refusal(f"{SOUND}{key}: 1\n")
    assert message == "deep.yaml:5: key: not a plain name"


def test_a_key_that_is_no_plain_name_hides_no_other_problem(refusal: Refusal) -> None:
    assert refusal(f"{SOUND}[a]: 1\nmomentum: 2\n") == (
        "deep.yaml:5: key: not a plain name\n"
        "deep.yaml:6: momentum: too large, got 2, allowed a number from 0 to below 1"
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("- 1\n- 2\n", "not a mapping, allowed lines of key: value"),
        ("layers\n", "not a mapping, allowed lines of key: value"),
        ("--- layers\n", "not a mapping, allowed lines of key: value"),
        ("layers 1\nsteps: 10\n", "not a mapping, allowed lines of key: value"),
        (f"--- &all\n{SOUND}", "an anchor, &all, is not allowed"),
        (f"--- !!map\n{SOUND}", "a tag, tag:yaml.org,2002:map, is not allowed"),
        ("a: b: c\n", "not YAML: mapping values are not allowed here"),
        ("a: @b\n", "not YAML: found character '@' that cannot start any token"),
        ('a: "\\q"\n', "not YAML: found unknown escape character 'q'"),
        ("\ta: 1\n", "not YAML: found character '\\t' that cannot start any token"),
        (
            "%YAML 2.0\n---\na: 1\n",
            "not YAML: found incompatible YAML document (version 1.* is required)",
        ),
    ],
)
def test_what_is_no_mapping_is_refused_with_that_alone(
    refusal: Refusal, content: str, text: str
) -> None:
    assert refusal(content) == f"deep.yaml:1: {text}"


def test_what_is_wrong_behind_the_mapping_hides_no_key_given_twice(refusal: Refusal) -> None:
    assert refusal("{steps: 1,\nsteps: 2}\n@\n") == (
        "deep.yaml:2: steps: given twice, first on line 1\n"
        "deep.yaml:3: not YAML: found character '@' that cannot start any token"
    )


def test_a_mapping_within_a_mapping_is_read_by_the_same_rules() -> None:
    problems: list[Problem] = []
    (root,) = roots("over:\n  rate: {from: 1e-3, to: &b 1, to: 2}\n")
    assert isinstance(root, yaml.MappingNode)
    ((over, _, rates),) = pairs(root, "a.yaml", problems)
    ((rate, place, range_),) = pairs(rates, "a.yaml", problems)
    assert (over, rate, str(place), problems) == ("over", "rate", "a.yaml:2", [])
    found = {key: entry(node, place) for key, place, node in pairs(range_, "a.yaml", problems)}
    assert found["from"].value == 0.001
    assert found["to"].problem == "an anchor, &b, is not allowed"
    assert [str(each) for each in problems] == ["a.yaml:2: to: given twice, first on line 2"]


def test_a_second_document_is_refused_where_it_begins(refusal: Refusal) -> None:
    message = refusal(f"{SOUND}---\n{SOUND}")
    assert message == "deep.yaml:6: a second document, allowed one in a file"


def test_a_key_given_twice_is_refused_with_the_line_of_the_first(refusal: Refusal) -> None:
    assert refusal(f"{SOUND}steps: 20\n") == "deep.yaml:5: steps: given twice, first on line 3"


@pytest.mark.parametrize(
    ("character", "escaped"),
    [("\0", "\\x00"), ("\a", "\\x07"), ("\x1b", "\\x1b"), ("\x7f", "\\x7f"), ("\x9b", "\\x9b")],
)
def test_a_control_character_is_refused_by_name(
    refusal: Refusal, character: str, escaped: str
) -> None:
    message = refusal(f"{SOUND}name: a{character}b\n")
    assert message == f"deep.yaml:5: not YAML: '{escaped}' is not allowed"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            'name: "\\e[31m"',
            'name: not a name, got "\\x1b[31m", '
            "allowed 1 to 64 letters, digits, '.', '_' or '-', no '.' or '-' first",
        ),
        (
            'name: ["\\e[31m"]',
            'name: not text, got ["\\x1b[31m"], '
            "allowed 1 to 64 letters, digits, '.', '_' or '-', no '.' or '-' first",
        ),
        (
            'name: "\\ud800"',
            'name: not allowed, got "\\ud800", '
            "allowed 1 to 64 letters, digits, '.', '_' or '-', no '.' or '-' first",
        ),
        (
            '"\\ud800": 1',
            "key: not a plain name",
        ),
        (
            '"layer\\e": 1',
            "layer\\x1b: unknown key, did you mean layers?",
        ),
        (
            'name: &"\\e" 1',
            "not YAML: expected alphabetic or numeric character, but found '\"'",
        ),
    ],
)
def test_an_escape_in_a_file_is_never_raw_in_a_message(
    refusal: Refusal, line: str, message: str
) -> None:
    assert refusal(f"{SOUND}{line}\n") == f"deep.yaml:5: {message}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"layers: 1\nname: \xff\n", "deep.yaml:2: byte 0xff is not UTF-8"),
        (b"name: caf\xe9\n", "deep.yaml:1: byte 0xe9 is not UTF-8"),
        (SOUND.encode("utf-16"), "deep.yaml:1: byte 0xff is not UTF-8"),
        (b"name: \xed\xa0\x80\n", "deep.yaml:1: byte 0xed is not UTF-8"),
    ],
    ids=["byte", "latin-1", "utf-16", "surrogate"],
)
def test_bytes_that_are_not_utf_8_are_refused_with_their_line(
    refusal: Refusal, content: bytes, message: str
) -> None:
    assert refusal(content) == message


def test_a_hundred_thousand_brackets_are_too_large(refusal: Refusal) -> None:
    assert refusal("[" * 100_000) == "deep.yaml: too large, allowed 16,384 bytes"


@pytest.mark.parametrize(
    ("depth", "message"),
    [
        (19, "name: nested, allowed a single value or a list of single values"),
        (20, "nested more than 20 deep, allowed lists alone"),
    ],
)  # the mapping that a config is stands around them
def test_more_than_twenty_deep_is_refused_without_reading_on(
    refusal: Refusal, depth: int, message: str
) -> None:
    content = f"{SOUND}name: {'[' * depth}{']' * depth}\n"
    assert refusal(content) == f"deep.yaml:5: {message}"


def test_an_override_nested_more_than_twenty_deep_is_refused(refusal: Refusal) -> None:
    override = f"name={'[' * 30}"
    assert refusal(SOUND, override) == f"-s {override}: name: not a value in YAML"


@pytest.mark.process
@pytest.mark.parametrize("bracket", ["[", "{", "[{", "a: [", "- ", "? "])
def test_deep_nesting_is_refused_in_one_line_within_two_seconds(
    tmp_path: Path, bracket: str
) -> None:
    (tmp_path / "deep.yaml").write_text(bracket * (16_000 // len(bracket)))
    done = subprocess.run(  # a process that can be ended should it take minutes
        [sys.executable, "-c", LOAD_DEEP],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=5,
        check=True,
    )
    seconds, _, message = done.stdout.partition(" ")
    assert float(seconds) < 2
    assert re.fullmatch(r"deep\.yaml:1: [^\n]{1,100}\n", message)


@pytest.mark.parametrize(
    "content",
    [
        "".join(f"key{number}: 1\n" for number in range(1_200)),
        f"width: [{'0,' * 8_000}]\nlayers: 3\n",
        f"name: {'9' * 16_000}\n",
        "\n" * 16_000,
        "a: |\n" + " b\n" * 5_000,
        "--- {}\n" * 2_000,
    ],
    ids=["unknown keys", "long list", "long number", "lines", "block", "documents"],
)
def test_the_worst_file_is_refused_within_two_seconds(refusal: Refusal, content: str) -> None:
    began = time.perf_counter()
    message = refusal(content)
    assert time.perf_counter() - began < 2
    assert len(message) < 15_000


def test_of_too_many_problems_the_first_fifty_are_told(refusal: Refusal) -> None:
    content = SOUND + "".join(f"steps: {number}\n" for number in range(60))
    lines = refusal(content).splitlines()
    assert len(lines) == 51
    assert lines[49] == "deep.yaml:54: steps: given twice, first on line 3"
    assert lines[50] == "deep.yaml:64: and 10 problems more"


def test_a_file_of_64_kib_is_read(load: Load) -> None:
    content = SOUND + "#" * (16_384 - len(SOUND))
    assert load(content) == load(SOUND)


def test_a_file_of_a_byte_more_is_refused(refusal: Refusal) -> None:
    content = SOUND + "#" * (16_385 - len(SOUND))
    assert refusal(content) == "deep.yaml: too large, allowed 16,384 bytes"


@pytest.mark.timeout(10)
def test_a_fifo_is_refused_without_waiting_for_a_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("fifo.yaml")
    assert file_refusal("fifo.yaml") == "fifo.yaml: not a regular file"


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/dev/zero", "/dev/zero: not a regular file"),
        (".", ".: is a directory"),
        ("missing.yaml", "missing.yaml: no such file or directory"),
        ("nowhere/deep.yaml", "nowhere/deep.yaml: no such file or directory"),
        ("file/deep.yaml", "file/deep.yaml: not a directory"),
        ("loop.yaml", "loop.yaml: too many levels of symbolic links"),
        ("a" * 300, f"{'a' * 199}…: file name too long"),
        ("a\0b.yaml", "a\\x00b.yaml: not a path"),
        ("\x1b[31m.yaml", "\\x1b[31m.yaml: no such file or directory"),
        ("\udcff.yaml", "\\udcff.yaml: no such file or directory"),
    ],
)
def test_what_is_no_readable_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("loop.yaml").symlink_to("loop.yaml")
    assert file_refusal(path) == message


@pytest.mark.parametrize("path", [".", "/dev/zero", "missing.yaml"])
def test_a_refused_file_is_closed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = open_descriptors()
    file_refusal(path)
    assert open_descriptors() == before
