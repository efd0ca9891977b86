"""The border that TensorFlow and numpy stay behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["train", "--help"],
        ["compare", "--help"],
        ["schema", "--help"],
        ["lr", "--help"],
        ["lr", "WRONG"],
        ["show", "--help"],
        ["diff", "--help"],
        ["explain", "--help"],
        ["explain", "nowhere"],
        ["show", "nowhere"],
        ["diff", "nowhere", "latest"],
        ["schema"],
        ["compare", "RUNS"],
        ["train", "WRONG"],
        ["train", "configs/nowhere.yaml"],
    ],
)
def test_only_training_loads_tensorflow_or_numpy(words: list[str], tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("layers: none\n")
    places = {"RUNS": str(tmp_path), "WRONG": str(wrong)}
    code = (
        "import sys\n"
        "from mlpcli.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'tensorflow', 'keras', 'numpy', 'scipy', 'h5py'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *(places.get(word, word) for word in words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "80"},
    )
    assert done.returncode == 0, done.stderr
