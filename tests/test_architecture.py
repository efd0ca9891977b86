"""The layer table, and the border that TensorFlow and numpy stay behind."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import mlpcli

PACKAGE = Path(mlpcli.__file__).parent

# In the order of data's way through the program: a module imports only what stands above it, and
# of other packages only those named here. "lazily" marks what is imported inside functions alone.
LAYERS = {
    "__init__": set(),
    "errors": set(),
    "records": set(),
    "statistics": {"numpy lazily", "scipy lazily"},
    "differences": {"scipy lazily"},
    "verdicts": {"scipy lazily"},
    "chatter": set(),
    "environment": set(),
    "files": set(),
    "trust": set(),
    "lock": set(),
    "signals": set(),
    "yamlfile": {"yaml"},
    "data": {"numpy lazily"},
    "config": {"pydantic"},
    "configfile": {"pydantic", "pydantic_core"},
    "configcopy": {"yaml"},
    "schedule": {"numpy lazily"},
    "gaussian": {"numpy lazily", "scipy lazily"},
    "first_cost": {"numpy lazily", "scipy lazily"},
    "prediction": {"numpy lazily"},
    "metrics": set(),
    "rundir": set(),
    "runs": {"pydantic_core lazily"},
    "naming": set(),
    "finding": set(),
    "reading": set(),
    "at": set(),
    "predictions": {"numpy lazily"},
    "resume": set(),
    "seeds": set(),
    "where": set(),
    "results": set(),
    "compare": set(),
    "settings": set(),
    "ranking": set(),
    "history": set(),
    "facts": set(),
    "report": set(),
    "diff": set(),
    "documents": set(),
    "ticks": set(),
    "advice": set(),
    "ladder": set(),
    "footprint": set(),
    "findings": set(),
    "stopwatch": {"numpy"},
    "speed": set(),
    "check": set(),
    "curve": {"uniplot lazily"},
    "checkpoint": {"numpy"},
    "continuation": set(),
    "backend": {"tensorflow", "keras"},
    "model": {"numpy", "keras lazily"},
    "evaluation": {"numpy"},
    "measures": {"numpy"},
    "program": set(),
    "sharpness": {"numpy", "scipy lazily"},
    "training": {"numpy"},
    "stack": {"numpy"},
    "trials": {"numpy"},
    "experiment": {"numpy"},
    "display": {"rich"},
    "progress": {"rich"},
    "evidence": set(),
    "rule": set(),
    "beginnings": set(),
    "endings": set(),
    "rules": set(),
    "explain": {"numpy"},
    "grid": {"rich"},
    "tables": {"rich"},
    "leaderboard": set(),
    "sheet": {"rich"},
    "report_tables": {"rich"},
    "diff_tables": {"rich"},
    "check_tables": set(),
    "rate_tables": set(),
    "comparing": set(),
    "launch": {"numpy lazily"},
    "explaining": set(),
    "choosing": set(),
    "streams": {"click"},
    "cli": {"click"},
    "__main__": set(),
}


def imports(tree: ast.AST) -> set[str]:
    """Return what the code imports, as dotted names; type-checking blocks do not count."""
    names: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inner = node.module == "mlpcli"
            names |= {f"mlpcli.{a.name}" for a in node.names} if inner else {str(node.module)}
        else:
            names |= imports(node)
    return names


def top_level(tree: ast.Module) -> set[str]:
    statements = [n for n in tree.body if not isinstance(n, ast.FunctionDef | ast.ClassDef)]
    return imports(ast.Module(body=statements, type_ignores=[]))


def test_every_module_stands_in_the_layer_table() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == set(LAYERS)


@pytest.mark.parametrize("module", LAYERS)
def test_a_module_imports_only_from_those_above_it(module: str) -> None:
    above = list(LAYERS)[: list(LAYERS).index(module)]
    tree = ast.parse((PACKAGE / f"{module}.py").read_text())
    own = {name.split(".")[1] for name in imports(tree) if name.startswith("mlpcli.")}
    assert own - {"__version__"} <= set(above)


@pytest.mark.parametrize("module", LAYERS)
def test_a_module_imports_only_the_packages_it_may(module: str) -> None:
    tree = ast.parse((PACKAGE / f"{module}.py").read_text())
    foreign = {name.split(".")[0] for name in imports(tree)} - {"mlpcli"} - sys.stdlib_module_names
    allowed = {package.removesuffix(" lazily") for package in LAYERS[module]}
    assert foreign <= allowed
    at_once = {name.split(".")[0] for name in top_level(tree)}
    lazily = {package for package in allowed if f"{package} lazily" in LAYERS[module]}
    assert not at_once & lazily


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
