"""The scripts for completion, in the shells that they are for: a word, a TAB, and what comes of it.

In each shell a function of the tool's name prints the words that it is given. A shell that is not
on this machine is left out.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from running import MLPCLI, installed

pytestmark = pytest.mark.process

SHELLS = {"bash": "bash --norc --noprofile -i", "zsh": "zsh -f -i", "fish": "fish --no-config -i"}
UNSET_IS_AN_ERROR = {"bash": "set -u; ", "zsh": "setopt nounset; ", "fish": ""}
SWITCH_ON = {
    "bash": 'eval "$(mlpcli completion bash)"',
    "zsh": 'eval "$(mlpcli completion zsh)"',
    "fish": "mlpcli completion fish | source",
}
PRINT_WORDS = {
    "bash": "mlpcli() { printf '<%s>' \"$@\"; }",
    "zsh": "mlpcli() { printf '<%s>' \"$@\"; }",
    "fish": "function mlpcli; printf '<%s>' $argv; end",
}
RUN = "20261126-101112-deep3-0001"
TYPED = {  # up to the TAB, and the words that the command gets
    "tr": "<train>",
    "train ti": "<train><tiny.yaml>",
    "train my": "<train><my config.yaml>",
    "train tiny.yaml -s activation=t": "<train><tiny.yaml><-s><activation=tanh>",
    "train tiny.yaml --set=activation=t": "<train><tiny.yaml><--set=activation=tanh>",
    "train tiny.yaml activation=t": "<train><tiny.yaml><activation=tanh>",
    "train tiny.yaml learning_r\t0.1": "<train><tiny.yaml><learning_rate=0.1>",
    "show deep3": f"<show><{RUN}>",
    "ls --where 'status=ru": "<ls><--where><status=running>",
    "gate latest --min=test_acc\t0.9": "<gate><latest><--min=test_accuracy=0.9>",
    "guide glo": "<guide><glossary>",
    "nonsense ": "<nonsense>",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("tiny.yaml", "my config.yaml"):
        (tmp_path / name).touch()
    (tmp_path / "runs" / RUN).mkdir(parents=True)
    (tmp_path / "runs" / RUN / "run.json").touch()
    return tmp_path


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, place: Path) -> Iterator["pexpect.spawn[str]"]:
    """Give a shell at a terminal in which completion is on."""
    name = request.param
    if not shutil.which(name):
        pytest.skip(f"no {name} here")
    words = SHELLS[name].split()
    path = f"{Path(MLPCLI).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(place), "TERM": "dumb", "PS1": "", "LC_ALL": "C.UTF-8"}
    process = pexpect.spawn(
        words[0], words[1:], cwd=str(place), env=environment, encoding="utf-8", timeout=30,
        dimensions=(24, 200),
    )  # fmt: skip
    process.sendline(f"{UNSET_IS_AN_ERROR[name]}{SWITCH_ON[name]}; {PRINT_WORDS[name]}")
    process.sendline("echo re''ady")
    process.expect_exact("ready")
    yield process
    process.close(force=True)


def test_a_word_is_completed_at_a_tab(shell: "pexpect.spawn[str]") -> None:
    for typed, words in TYPED.items():
        shell.send(f"mlpcli {typed}\t")
        shell.sendline("; echo '' d''one")
        shell.expect_exact("done")
        assert words in shell.before, typed


def test_bash_is_told_what_a_function_of_its_own_asks(place: Path) -> None:
    script = (
        'set -eu; source <(mlpcli completion bash); COMP_WORDS=(mlpcli show "") COMP_CWORD=2\n'
        'COMP_LINE="mlpcli show " COMP_POINT=12; _mlpcli_completion mlpcli "" show\n'
        'printf "%s\\n" "${COMPREPLY[@]}"; unset COMP_LINE COMP_POINT\n'
        'COMP_WORDS=(mlpcli guide glo); _mlpcli_completion; printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    environment = {"PATH": f"{Path(MLPCLI).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (f"latest\n{RUN}\nglossary\n", "")


def test_the_script_is_for_the_shell_that_is_named_or_the_users(tmp_path: Path) -> None:
    named = installed(["completion", "fish"], tmp_path)
    assert named.stdout.startswith("function __mlpcli_completion\n")
    assert installed(["completion"], tmp_path, SHELL="/usr/bin/fish").stdout == named.stdout
    for other in ("/bin/dash", ""):
        unknown = installed(["completion"], tmp_path, SHELL=other)
        assert (unknown.returncode, unknown.stdout) == (2, "")
        assert "Name the shell, one of: mlpcli completion bash, " in unknown.stderr
    wrong = installed(["completion", "bsh"], tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Did you mean bash?" in wrong.stderr
