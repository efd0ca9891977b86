"""What a config will do before it is trained: prediction, time, memory, and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mlpcli.check.rules import Diagnostic, find
from mlpcli.check.speed import Estimate, estimate, measured, start_test
from mlpcli.config import Config, load_with_places
from mlpcli.errors import shown
from mlpcli.runs import Footprint, estimate_footprint, load_run, read_all, runs_in
from mlpcli.theory import Prediction, predict

READ = 200  # runs at most, the newest, to take a speed from; it takes 0.05 s


@dataclass(frozen=True)
class Check:
    """All that is known of a config before it is trained."""

    config: Config
    given: Mapping[str, Any]  # the keys that the file or an option says, and where
    prediction: Prediction
    diagnostics: tuple[Diagnostic, ...]
    footprint: Footprint
    time: Estimate


def check_config(path: Path, overrides: tuple[str, ...], root: Path) -> Check:
    """Check a config file, with the speeds of the runs in `root`. Raises ConfigError."""
    config, given = load_with_places(path, overrides)
    test = start_test()  # 0.3 s, of which the prediction takes most
    prediction = predict(config)
    paths, _ = runs_in(root)
    runs, _ = read_all(load_run, paths[-READ:])
    return Check(
        config=config,
        given=given,
        prediction=prediction,
        diagnostics=find(config, prediction, given, shown(path, 200)),
        footprint=estimate_footprint(config),
        time=estimate(config, runs, measured(test)),
    )


def check_json(check: Check) -> dict[str, Any]:
    """Return a check for JSON."""
    return {
        "config": check.config.resolved(),
        "parameters": check.config.parameters,
        "prediction": asdict(check.prediction),
        "diagnostics": [{**asdict(each), "message": str(each)} for each in check.diagnostics],
        "footprint": asdict(check.footprint),
        "time": asdict(check.time),
    }
