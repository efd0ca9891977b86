"""README and guide are promises: their tables are the program's, and their commands run."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from once import Once
from pydantic_core import PydanticUndefined
from running import ROOT, mlpcli

from mlpcli.cli import commands
from mlpcli.config.allowed import allowed, allowed_by
from mlpcli.config.load import load_config
from mlpcli.config.schema import Config
from mlpcli.config.yamltext import spelled
from mlpcli.guide.pages import PAGES, read_page
from mlpcli.search.file_keys import FILE, REQUIRED

README = (ROOT / "README.md").read_text()
TEXTS = {"README": README, **{name: read_page(name).text for name in PAGES}}
# of a screen's lines; numbers are no matter, but a tie may fall the other way on another processor
ALIKE = 0.8
PASSED_OVER = re.compile(r" *(\.\.\.)?|.*[┌│└█].*")  # curves, which colours draw with other signs
SCREEN = {"TTY_COMPATIBLE": "1", "COLUMNS": "80", "NO_COLOR": "1"}  # as the texts have them
DEFAULTS = {
    "name": "the file's stem",
    "eval_every": "steps / 10",
    "width": "-",
    "checkpoint_every": "eval_every",
}


@dataclass(frozen=True)
class Shown:
    """A command in a text, its exit code, and the screen below it."""

    command: str
    code: int
    screen: tuple[str, ...]


def config_table() -> str:
    """The table of keys as the guide has it, from the schema."""
    lines = ["| key | default | allowed | meaning |", "|---|---|---|---|"]
    for key, field in Config.model_fields.items():
        default = "required" if field.default is PydanticUndefined else spelled(field.default)
        default = "-" if field.default in (None, ()) else default
        meaning = str(field.description).removeprefix(f"{allowed(key)}; ")
        cells = [f"`{key}`", DEFAULTS.get(key, default), allowed(key), meaning]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


SWEEP_DEFAULTS = {  # which no schema says, for they follow from the rest
    "search": "grid, or tpe",
    "metric": "by the task",
    "validations": "the base's",
    "name": "the base's",
}


def sweep_table() -> str:
    """The table of a sweep file's keys as the guide has it, from its schema, as plain text."""
    lines = ["| key | default | meaning |", "|---|---|---|"]
    for key, schema in FILE.items():
        default = "required" if key in REQUIRED else SWEEP_DEFAULTS.get(key, "none")
        default = spelled(schema["default"]) if "default" in schema else default
        allowed_first = f"{allowed_by(schema)}; " if key == "name" else ""
        lines.append(f"| {key} | {default} | {schema['description'].removeprefix(allowed_first)} |")
    return "\n".join(lines)


def shown_in(text: str) -> Iterator[Shown]:
    """Yield the commands in a text's consoles, without those of other programs.

    `; echo $?` behind a command stands for the exit code below it, which is 0 for all others.
    """
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, *screen = part.splitlines()
            command, asked, _ = line.rpartition(" && ")[2].partition("; echo $?")
            if Path(shlex.split(command)[0]).name == "mlpcli":
                code = int(screen.pop()) if asked else 0
                yield Shown(command, code, tuple(screen))


def shell_words(command: str, place: Path) -> list[str]:
    """Return a command's words as a shell in that folder has them: only patterns are its affair."""
    found: list[str] = []
    for written in shlex.split(command, posix=False):
        (word,) = shlex.split(written)
        quoted = written[0] in "'\""
        matches = [] if quoted else sorted(str(p.relative_to(place)) for p in place.glob(word))
        found += matches if "*" in word and matches else [word]
    return found


def masked(line: str) -> str:
    """Return a line without what differs from run to run: styles, run names' tails, numbers."""
    line = re.sub(r"\x1b\[[0-9;]*m", "", line)
    line = re.sub(r"-[0-9a-f]{4}\b", "", line)
    return re.sub(r"[-+]?\d[\d,.]*(e[-+]\d+)?|\s+", "", line)


def assert_alike(shown: Shown, printed: str) -> None:
    """Hold a text's screen against what was printed, numbers aside; `...` stands for anything."""
    there = {masked(line) for line in printed.splitlines()}
    lines = [line for line in shown.screen if not PASSED_OVER.fullmatch(line)]
    strange = [line for line in lines if masked(line) not in there]
    assert len(strange) <= (1 - ALIKE) * len(lines), "\n".join([shown.command, *strange, printed])


@pytest.mark.parametrize("name", TEXTS)
def test_a_page_is_prose_that_can_be_read(name: str) -> None:
    text = TEXTS[name]
    assert text.startswith("# ")
    assert all(len(line) <= 145 for line in text.splitlines() if not line.startswith("|"))
    for other in re.findall(r"mlpcli guide ([a-z-]+)|[Pp]ages? `([a-z-]+)`", text):
        assert (other[0] or other[1]) in PAGES


def test_the_readme_is_short_and_names_every_page() -> None:
    assert len(README.splitlines()) <= 150
    assert all(f"`{name}`" in README or f"guide {name}" in README for name in PAGES)


def test_the_table_of_keys_is_the_programs() -> None:
    assert config_table() in TEXTS["config"]


def test_the_table_of_a_sweep_files_keys_is_the_programs() -> None:
    assert sweep_table() in TEXTS["sweep"].replace("`", "")


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_is_described_with_its_options(name: str) -> None:
    text = TEXTS["commands"].partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert f"mlpcli {name}" in text
    options = [opt for each in commands.commands[name].params for opt in each.opts]
    for option in options:
        if option.startswith("--"):
            assert f"`{option}" in text, option


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_shipped_configs_are_valid_and_open_with_their_claim_and_command(path: Path) -> None:
    load_config(path)
    head = path.read_text()
    assert head.startswith("# yaml-language-server: $schema=schema.json\n")
    assert f"mlpcli train configs/{path.name}\n" in head
    assert re.search(r"^# Reaches about \d\d", head, re.MULTILINE)
    assert re.search(r"^# Takes ", head, re.MULTILINE)


ONE_AFTER_THE_OTHER = """\
import os, sys
for page in sys.argv[1:]:
    os.chdir(page)
    exec(open("page.txt").read(), {"__name__": "__main__"})
    print("ran", page)
"""


@pytest.mark.process
def test_the_python_of_every_page_runs(tmp_path: Path) -> None:
    pages = []  # a folder and names of its own for each, in a process that imports TensorFlow once
    for name, text in TEXTS.items():
        for nth, code in enumerate(re.findall(r"```python\n(.*?)```", text, re.DOTALL)):
            pages.append(tmp_path / f"{name}-{nth}")
            pages[-1].mkdir()
            (pages[-1] / "configs").symlink_to(ROOT / "configs")
            (pages[-1] / "page.txt").write_text(code)
    assert len(pages) >= 3
    words = [sys.executable, "-c", ONE_AFTER_THE_OTHER, *pages]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("ran ")] == [
        f"ran {page}" for page in pages
    ]


@pytest.mark.process
@pytest.mark.timeout(900)  # they train a few dozen networks
@pytest.mark.parametrize("name", [name for name in TEXTS if [*shown_in(TEXTS[name])]])
def test_the_commands_of_a_page_run_in_their_order_and_print_its_screens(
    name: str, tmp_path: Path, long: bool, once: Once
) -> None:
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    for each in shown_in(TEXTS[name]):
        command = each.command
        if not long:  # a proof trains six networks, and of the mended run nothing is claimed
            command = command.removesuffix(" --prove")
            command += " -s steps=200" if "name=mended" in command else ""
        done = once.mlpcli(shell_words(command, tmp_path)[1:], tmp_path, **SCREEN)
        assert done.returncode == each.code, f"{command}\n{done.stdout}{done.stderr}"
        if command == each.command:
            assert_alike(each, done.stdout + done.stderr)
    if name == "README":
        check_claims(mlpcli(["compare", "runs", "--by", "run", "--json"], tmp_path).stdout)


def check_claims(comparison: str) -> None:
    """Hold the accuracies that three configs claim against the runs just made."""
    accuracies = {
        re.sub(r"^[\d-]+-(\w+)-\w{4}$", r"\1", row["run"]): row["results"]["test_accuracy"]["value"]
        for row in json.loads(comparison)["runs"]
    }
    assert accuracies["deep3"] == pytest.approx(0.86, abs=0.01)
    assert accuracies["shallow1"] == pytest.approx(0.75, abs=0.01)
    assert accuracies["deep3_tuned"] == pytest.approx(0.981, abs=0.004)
