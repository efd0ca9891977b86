"""Which rows of a run are lines where no line is overwritten: as many as one wants to read."""

from itertools import pairwise

from mlpcli.config import Config, count_rows, count_validations

MOST_LINES = 20  # of a run


def shown_steps(config: Config) -> frozenset[int] | None:
    """Return the steps whose rows are shown of a run, None for all of them.

    They follow from the config alone. The first and the last are among them. Between them the run
    is cut into equal parts, and of each the last validated row is shown, or the last row where it
    has no validated one. There are as many parts as validations, or a multiple, if so many fit.
    """
    if count_rows(config) <= MOST_LINES:
        return None
    parts, validations = MOST_LINES - 1, count_validations(config)
    if validations < parts:
        parts -= parts % validations
    ends = [config.steps * nth // parts for nth in range(parts + 1)]
    found = (_last_row(config, *part) for part in pairwise(ends))
    return frozenset({1, *filter(None, found)})


def _last_row(config: Config, begin: int, end: int) -> int:
    """Return the step of the row that stands for those after `begin`, up to `end`; 0 for none."""
    if end == config.steps:
        return end
    last = (end - end % every for every in (config.eval_every, config.log_every))
    return next((step for step in last if step > begin), 0)
