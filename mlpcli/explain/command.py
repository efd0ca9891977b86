"""What `explain` does: a run read and measured, sentences, and advice that is put to the proof."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mlpcli.config import Loaded, load_of_run
from mlpcli.errors import RunError, shown
from mlpcli.explain.proof import proofs_folder, prove, show_proof_runs
from mlpcli.explain.proof_view import (
    followed_json,
    followed_sections,
    proof_json,
    proof_sections,
)
from mlpcli.explain.view import brief_sections, explanation_json, full_sections, next_command
from mlpcli.runs import CONFIG, Run, data_digest, open_run, require_memory
from mlpcli.terminal import (
    print_json,
    print_line,
    print_next,
    print_result,
    print_warnings,
    stderr_console,
)
from mlpcli.training import started

Proving = Literal["", "once", "follow"]  # no advice, the first, or one after another

if TYPE_CHECKING:
    from mlpcli.explain.measure import Explanation


def show_explanation(path: Path, form: str, proving: Proving, full: bool = False) -> int:
    """Print why a run came out as it did, and prove the advice if asked; return the exit code."""
    folder = proofs_folder(path) if proving else None  # before minutes of measuring and training
    sections = full_sections if full else brief_sections
    found = explained(path)
    if folder is None:
        print_result(found, form, sections, explanation_json)
        if form != "json":
            print_next(next_command(found), more=not full)
        return 0
    if form != "json":
        print_result(found, form, sections, explanation_json)
    if proving == "follow":
        return _show_followed(found, folder, form)
    proof = prove(found.path, folder, found.evidence.config, found.advised)
    if form == "json":
        print_json({**explanation_json(found), "proof": proof_json(proof)})
        return proof.exit_code
    code = show_proof_runs(proof)
    print_result(proof, "table", proof_sections, proof_json)
    return max(code, proof.exit_code)


def _show_followed(found: "Explanation", folder: Path, form: str) -> int:
    from mlpcli.explain.follow import follow  # measures, with TensorFlow

    followed = follow(found, folder, explained)
    if form == "json":
        print_json({**explanation_json(found), **followed_json(followed)})
        return followed.proof.exit_code
    code = show_proof_runs(followed.proof)
    print_result(followed, "table", followed_sections, followed_json)
    return max(code, followed.proof.exit_code)


def explained(path: Path) -> "Explanation":
    """Read a run and measure its network.

    Raises RunError where it cannot be read, and ConfigError where it does not fit the memory.
    """
    run = open_run(path)
    print_warnings([f"{shown(path, 200)}: {text}" for text in (*run.contradictions, *run.unproven)])
    loaded = _loaded(run)
    require_memory([loaded])
    config = loaded.config
    with started([config], dict) as session:
        from mlpcli.explain.measure import explain_run
        from mlpcli.training import memory_errors

        print_line(stderr_console(), "measuring the network", "dim")
        with memory_errors():
            return explain_run(
                run, config, session.data[config.data_spec], session.stop.check, _warn
            )


def _loaded(run: Run) -> Loaded:
    """Return a run's config. Raises RunError where it is missing or damaged, or has no rows yet."""
    where = shown(run.path, 200)
    if run.config_change:
        raise RunError(
            f"{where}: {run.config_change}",
            f"put {CONFIG} back as it was, or train what it says now and explain that: "
            f"mlpcli train {where}/{CONFIG}",
        )
    loaded = load_of_run(run.path / CONFIG)
    config = loaded.config
    digest = data_digest(run.info)
    if digest not in ("", config.data.sha256):
        raise RunError(f"{where}: trained on another {config.dataset} than there is here")
    if not run.rows:
        raise RunError(
            f"{where}: no metrics row that can be read",
            "explain it when it has taken a step",
        )
    return loaded


def _warn(text: str) -> None:
    print_warnings([text])
