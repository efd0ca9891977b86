"""The README is a promise: its tables are what the program says, and its commands run."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined
from running import ROOT, mlpcli

from mlpcli.cli import commands
from mlpcli.config.allowed import allowed
from mlpcli.config.load import load_config
from mlpcli.config.schema import Config, spelled

README = (ROOT / "README.md").read_text()
DEFAULTS = {
    "name": "the file's stem",
    "eval_every": "steps / 10",
    "width": "-",
    "checkpoint_every": "eval_every",
}


def config_table() -> str:
    """The table of keys as the README has it, from the schema."""
    lines = ["| key | default | allowed | meaning |", "|---|---|---|---|"]
    for key, field in Config.model_fields.items():
        default = "required" if field.default is PydanticUndefined else spelled(field.default)
        meaning = str(field.description).removeprefix(f"{allowed(key)}; ")
        cells = [f"`{key}`", DEFAULTS.get(key, default), allowed(key), meaning]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def commands_shown() -> Iterator[str]:
    """Each command of the README's consoles, without the installation and the test suite."""
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
            for part in line.split(" && "):
                words = shlex.split(part)
                if Path(words[0]).name == "mlpcli":
                    yield part


def shell_words(command: str, place: Path) -> list[str]:
    """Return a command's words as a shell in that folder has them: only patterns are its affair."""
    found: list[str] = []
    for written in shlex.split(command, posix=False):
        (word,) = shlex.split(written)
        quoted = written[0] in "'\""
        matches = [] if quoted else sorted(str(p.relative_to(place)) for p in place.glob(word))
        found += matches if "*" in word and matches else [word]
    return found


def test_the_table_of_keys_is_the_programs() -> None:
    assert config_table() in README


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_is_described(name: str) -> None:
    assert f"| `mlpcli {name}" in README


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_shipped_configs_are_valid_and_open_with_their_claim_and_command(path: Path) -> None:
    load_config(path)
    head = path.read_text()
    assert head.startswith("# yaml-language-server: $schema=schema.json\n")
    assert f"mlpcli train configs/{path.name}\n" in head
    assert re.search(r"^# Reaches about \d\d", head, re.MULTILINE)
    assert re.search(r"^# Takes ", head, re.MULTILINE)


@pytest.mark.process
def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert Path(first.split()[0]).name == second.split()[0]


@pytest.mark.process
@pytest.mark.timeout(900)  # they train a few dozen networks
def test_the_commands_run_in_their_order(tmp_path: Path, long: bool) -> None:
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    shown = list(commands_shown())
    if not long:  # the proof trains six times for ten seconds, and of this run nothing is claimed
        shown = [command.removesuffix(" --prove") for command in shown]
        shown = [f"{each} -s steps=200" if "name=mended" in each else each for each in shown]
    assert len(shown) >= 5
    for command in shown:
        done = mlpcli(shell_words(command, tmp_path)[1:], tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    check_claims(mlpcli(["compare", "runs", "--by", "run", "--json"], tmp_path).stdout)


def check_claims(comparison: str) -> None:
    """Hold the accuracies that three configs claim against the runs just made."""
    import json

    accuracies = {
        re.sub(r"^[\d-]+-(\w+)-\w{4}$", r"\1", row["run"]): row["results"]["test_accuracy"]
        for row in json.loads(comparison)["runs"]
    }
    assert accuracies["deep3"] == pytest.approx(0.86, abs=0.01)
    assert accuracies["shallow1"] == pytest.approx(0.75, abs=0.01)
    assert accuracies["deep3_tuned"] == pytest.approx(0.981, abs=0.004)
