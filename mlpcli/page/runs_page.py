"""The page of several runs or settings: which is better, by how much, and how each went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mlpcli.compare import (
    Comparison,
    Options,
    Setting,
    compare_words,
    comparison_sections,
    is_share,
)
from mlpcli.errors import RunError, shown
from mlpcli.page.content import Link, Page, Part, drawn_elsewhere
from mlpcli.page.examined import Examined
from mlpcli.page.history_figures import POINTS, STEP
from mlpcli.page.plane import plane_figures
from mlpcli.picture import Axis, Curve, Estimate, Figure, Forest, Lines
from mlpcli.report import is_wide
from mlpcli.runs import STAMP, MetricsRow, open_run, see, spread
from mlpcli.stats import Mean

MOST = 40  # rows of a forest plot
CURVES = 6  # settings that have a curve: each has its colour
BOUNDARIES = 4  # settings whose decisions are drawn, where they decide on a plane
READ = 20  # runs of a setting whose rows are read
LABEL = 60  # characters
LOSS = "val_loss"


def runs_page(
    words: Sequence[str], root: Path, back: Link | None = None
) -> tuple[Page, tuple[str, ...]]:
    """Return the page of what the words mean, and what could not be read.

    Raises MlpcliErrors as `compare` does, and RunError where no run can be read.
    """
    comparison = compare_words(words, root, Options())
    if not comparison.rows:
        raise RunError("no run could be read", see(root))
    parts = [
        Part("", drawn_elsewhere([*comparison_sections(comparison)])),
        Part("Ranking", figures=[*_ranking(comparison)]),
        Part("Decisions", figures=[*_decisions(comparison)]),
        Part("Curves", figures=[*_curves(comparison)]),
    ]
    notes = [shown(each, 300) for each in comparison.warnings[:20]]
    parts.append(Part("Not read", notes=notes))
    title = f"{len(comparison.rows):,} runs"
    if comparison.of_settings:
        title = f"{comparison.ranking.total:,} settings, of {title}"
    return Page(title, [each for each in parts if not each.is_empty], back=back), (
        comparison.warnings
    )


def unit_of(key: str) -> tuple[float, str]:
    """Return what a score is multiplied with, and its name with its unit."""
    return (100.0, f"{key}, %") if is_share(key) else (1.0, key)


def _ranking(comparison: Comparison) -> Iterator[Figure]:
    if not comparison.of_settings:
        yield from _of_runs(comparison)
        return
    ranking = comparison.ranking
    key = ranking.score_key
    scale, label = unit_of(key)
    chosen = [each for each in ranking.ranked if each.setting.score_key == key][:MOST]
    estimates = []
    for each in chosen:
        mean = each.setting.mean(key)
        if mean is not None:
            strong = each.setting is ranking.reference
            name = shown(each.setting.label, LABEL)
            estimates.append(_estimate(name, mean, scale, str(each.code), strong))
    if estimates:
        said = "Means over the seeds with their 95 % intervals, the best first."
        best = next((each for each in estimates if each.strong), estimates[0])
        yield Forest("Ranking", said, Axis(label), estimates, best.value)
    yield from _differences(comparison)


def _estimate(name: str, mean: Mean, scale: float, note: str, strong: bool) -> Estimate:
    low, high = (None if end is None else scale * end for end in (mean.low, mean.high))
    return Estimate(name, scale * mean.mean, low, high, note.replace("_", " "), strong)


def _differences(comparison: Comparison) -> Iterator[Figure]:
    """Yield how far each lies from the reference, seed by seed where they share them."""
    ranking = comparison.ranking
    scale, _ = unit_of(ranking.score_key)
    estimates = []
    for each in ranking.ranked[:MOST]:
        if each.standing is None:
            continue
        apart = each.standing.difference
        low, high = (None if end is None else scale * end for end in (apart.low, apart.high))
        note = f"{each.code}, {'paired' if apart.paired else 'unpaired'}, n = {apart.n}"
        name = shown(each.setting.label, LABEL)
        estimates.append(Estimate(name, scale * apart.mean, low, high, note.replace("_", " ")))
    if not estimates or ranking.reference is None:
        return
    unit = "points" if scale == 100 else ranking.score_key
    said = f"To {shown(ranking.reference.label, LABEL)}, with 95 % intervals; at 0 they are alike."
    yield Forest("Differences", said, Axis(f"difference, {unit}"), estimates, 0.0)


def _of_runs(comparison: Comparison) -> Iterator[Figure]:
    key = comparison.score_key
    scale, label = unit_of(key)
    estimates = list[Estimate]()
    for row in comparison.ordered[:MOST]:
        value = row.results.get(key)
        if value is None:
            continue
        bounds = [row.results.get(end) for end in ("val_low", "val_high")]
        low, high = (None if end is None or scale == 1 else scale * end for end in bounds)
        name = _short(row.run)
        note, first = row.standing, not estimates
        estimates.append(Estimate(name, scale * value, low, high, note, first))
    if estimates:
        said = "Each run with the 95 % interval of its validation examples, where it has one."
        yield Forest("Ranking", said, Axis(label), estimates, estimates[0].value)


def _decisions(comparison: Comparison) -> Iterator[Figure]:
    """Yield what the first settings or runs make of a plane, side by side."""
    if comparison.of_settings:
        settings: list[Setting] = comparison.ranking.settings
        named = [(each.label, [row for row in each.rows if row.counts]) for each in settings]
    else:
        named = [(row.run, [row]) for row in comparison.ordered if row.counts]
    for name, rows in named[:BOUNDARIES]:
        try:
            found = plane_figures(Examined(open_run(Path(rows[0].path)))) if rows else []
        except RunError:
            continue
        if found:
            yield replace(found[0], title=f"Decisions of {_short(name)}")


def _curves(comparison: Comparison) -> Iterator[Figure]:
    """Yield the curves of the first settings, or runs: the score, and the loss."""
    groups = list(_groups(comparison))
    key = comparison.score_key
    for name in (key, LOSS):
        scale, label = unit_of(name)
        curves = [_mean_curve(title, rows, name, scale) for title, rows in groups]
        curves = [each for each in curves if len(each.xs) > 1]
        if not curves:
            continue
        values = [y for each in curves for y in each.ys if y is not None]
        band = any(each.lows for each in curves)
        said = "Means over the seeds; bands are 95 % intervals." if band else "At each validation."
        first = f" The first {len(curves)}." if _count(comparison) > CURVES else ""
        axis = Axis(label, log=name == LOSS and is_wide(values))
        yield Lines(f"{label} over the steps", said + first, STEP, axis, curves)


def _count(comparison: Comparison) -> int:
    """Return how many settings are compared, or runs."""
    return comparison.ranking.total if comparison.of_settings else len(comparison.ordered)


def _groups(comparison: Comparison) -> Iterator[tuple[str, list[tuple[MetricsRow, ...]]]]:
    """Yield the first settings or runs with the validations of each of their runs."""
    if comparison.of_settings:
        settings: list[Setting] = comparison.ranking.settings
        named = [(each.label, [row.path for row in each.rows]) for each in settings[:CURVES]]
    else:
        named = [(row.run, [row.path]) for row in comparison.ordered[:CURVES]]
    for name, paths in named:
        found = []
        for path in paths[:READ]:
            try:
                found.append(spread(open_run(path).history.validations, POINTS))
            except RunError:
                continue
        yield _short(name), found


def _short(name: str) -> str:
    """Return what a run or a setting is called, without when it was started."""
    return shown(STAMP.sub("", name)[-LABEL:], LABEL)


def _mean_curve(name: str, runs: Sequence[Sequence[MetricsRow]], key: str, scale: float) -> Curve:
    """Return the mean of runs at the steps that all of them validated, with its interval."""
    values: list[dict[int, float]] = [
        {row.step: scale * v for row in rows if (v := getattr(row, key)) is not None}
        for rows in runs
    ]
    values = [each for each in values if each]
    steps = sorted(set.intersection(*(set(each) for each in values))) if values else []
    means = [Mean.of([each[step] for each in values]) for step in steps]
    middle = [mean.mean for mean in means]
    if len(values) < 2:
        return Curve(name, steps, middle)
    return Curve(name, steps, middle, [mean.low for mean in means], [mean.high for mean in means])
