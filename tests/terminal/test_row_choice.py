"""Which rows of a run are plain lines: about 20, whatever the config says of rows."""

import pytest

from mlpcli.config.schedule import next_row, validates
from mlpcli.config.schema import Config
from mlpcli.runs.records import MetricsRow
from mlpcli.terminal.progress import PlainLines
from mlpcli.terminal.row_choice import MOST_LINES, shown_steps


def config_of(**keys: int) -> Config:
    values = {"steps": 5_000, "log_every": 1, **keys}
    return Config(name="a", layers=1, learning_rate=0.1, batch_size=10, **values)


def row(step: int, loss: float | None = 1.0) -> MetricsRow:
    return MetricsRow(step, loss, 0.5, 0.1, 1.0, 1.0)


def test_few_rows_are_all_shown() -> None:
    assert shown_steps(config_of(steps=300, log_every=100)) is None  # 13: 1, 10 validations, 2 more
    assert shown_steps(config_of(steps=20, eval_every=20)) is None
    assert shown_steps(config_of(steps=21, eval_every=21)) is not None


def test_the_validated_rows_are_shown_and_the_first() -> None:
    tenths = [1, *range(500, 5_001, 500)]
    assert sorted(shown_steps(config_of()) or ()) == tenths
    assert sorted(shown_steps(config_of(log_every=10)) or ()) == tenths


def test_of_many_validations_evenly_spread_ones_are_shown() -> None:
    # 50 of them in 19 parts of 263 steps: the last multiple of 100 in each
    ends = [5_000 * nth // 19 for nth in range(1, 20)]
    expected = [1, *(end - end % 100 for end in ends)]
    assert sorted(shown_steps(config_of(eval_every=100)) or ()) == expected


def test_between_few_validations_rows_are_shown_that_have_none() -> None:
    # 2 validations, 18 parts of 50 steps
    shown = sorted(shown_steps(config_of(steps=900, eval_every=450, log_every=7)) or ())
    ends = range(50, 901, 50)
    assert shown == [1, *(end if end in (450, 900) else end - end % 7 for end in ends)]


@pytest.mark.parametrize("steps", [21, 40, 97, 5_000, 100_000_000])
@pytest.mark.parametrize("log_every", [1, 7, 100])
@pytest.mark.parametrize("eval_every", [1, 3, 1_000, 33_333_333])
def test_no_run_has_more_lines_than_are_read(steps: int, log_every: int, eval_every: int) -> None:
    config = config_of(steps=steps, log_every=log_every, eval_every=min(eval_every, steps))
    shown = shown_steps(config)
    if shown is None:
        return
    assert len(shown) <= MOST_LINES
    assert {1, steps} <= shown
    assert all(step == 1 or next_row(config, step - 1) == step for step in shown)  # there is one
    assert any(validates(config, step) for step in shown)


def test_a_row_that_diverged_and_the_first_after_a_resume_are_lines_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = PlainLines(config_of())
    for step in (700, 701, 1_000, 1_001):
        lines.update(row(step))
    lines.update(row(1_002, float("inf")))
    lines.update(row(1_003, None))
    steps = [line.split()[1] for line in capsys.readouterr().err.splitlines()]
    assert steps == ["700/5000", "1000/5000", "1002/5000", "1003/5000"]
