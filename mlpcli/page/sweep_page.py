"""The page of a sweep: the best without its luck, what mattered, and where each trial stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mlpcli.errors import shown
from mlpcli.page.content import Link, Page, Part, drawn_elsewhere
from mlpcli.page.sweep_axes import are_numbers, dimension, listed, place_of, words_of
from mlpcli.page.trial_scores import label_of, scale_of, scored_trials, shades_of, some_of
from mlpcli.picture import (
    Axis,
    Bar,
    Bars,
    Curve,
    Dimension,
    Estimate,
    Figure,
    Forest,
    Group,
    Heat,
    Lines,
    Parallel,
    Scatter,
    Strand,
)
from mlpcli.search import Choices, Key
from mlpcli.sweep import Outcome, Trial, outcome_sections, sweep_outcome
from mlpcli.terminal import value_text

MOST_CELLS = 400  # of a heat map
THIRDS = (("best third", 2 / 3, 1.1), ("middle", 1 / 3, 2 / 3), ("worst", -1.0, 1 / 3))


def sweep_page(path: Path, back: Link | None = None) -> Page:
    """Return a sweep's page. Raises MlpcliErrors where it cannot be read."""
    found = sweep_outcome(path)
    parts = [
        Part("", drawn_elsewhere([*outcome_sections(found, full=True)])),
        Part("Trials", figures=[*_trials(found)]),
        Part("The best", figures=[*_best_so_far(found), *_finalists(found)]),
        Part("What mattered", figures=[*_importances(found), *_over_two(found)]),
    ]
    title = shown(path.name, 200)
    return Page(title, [each for each in parts if not each.is_empty], back=back)


def _trials(found: Outcome) -> Iterator[Figure]:
    scored, some = some_of(found, scored_trials(found))
    if len(scored) < 2:
        return
    keys, scores = found.spec.space.keys, [score for _, score in scored]
    words = [words_of(key, [trial for trial, _ in scored]) for key in keys]
    dimensions = [dimension(key, each) for key, each in zip(keys, words, strict=True)]
    strands = [
        Strand(
            f"trial {trial.number}: {score:.5g}",
            [*(place_of(trial, key, each) for key, each in zip(keys, words, strict=True)), score],
            shade,
        )
        for (trial, score), shade in zip(scored, shades_of(found, scores), strict=True)
    ]
    said = f"A line is a trial: the better, the stronger.{some}"
    dimensions.append(Dimension(label_of(found)))
    yield Parallel("Parallel coordinates", said, dimensions, strands)


def _best_so_far(found: Outcome) -> Iterator[Figure]:
    scored = scored_trials(found)
    if len(scored) < 2:
        return
    choose = min if found.spec.metric == "val_loss" else max
    ordered = sorted(scored, key=lambda each: each[0].number)
    best, bests = ordered[0][1], list[float]()
    for _, score in ordered:
        best = choose(best, score)
        bests.append(best)
    numbers = [trial.number for trial, _ in ordered]
    yield Lines(
        "Best so far",
        "By the order in which trials were asked for; the best of many is partly luck.",
        Axis("trial"), Axis(label_of(found)),
        [Curve("best so far", numbers, bests)],
    )  # fmt: skip


def _finalists(found: Outcome) -> Iterator[Figure]:
    scale, flip = scale_of(found), -1.0 if found.spec.metric == "val_loss" else 1.0
    estimates = []
    for each in found.standings:
        mean, trial = each.fresh, each.finalist.trial
        if mean is None:
            continue
        ends = [None if end is None else flip * scale * end for end in (mean.low, mean.high)]
        low, high = ends if flip > 0 else reversed(ends)
        note = str(each.answer.value) if each.answer else "best of the search"
        strong = each is found.winner
        name = f"trial {trial.number}"
        estimates.append(Estimate(name, flip * scale * mean.mean, low, high, note, strong))
    if estimates:
        said = "On fresh seeds, which chose nothing, with 95 % intervals."
        best = next((each for each in estimates if each.strong), estimates[0])
        yield Forest("Finalists", said, Axis(label_of(found)), estimates, best.value)


def _importances(found: Outcome) -> Iterator[Figure]:
    bars = [
        Bar(each.key, 100 * each.part, 100 * each.low, 100 * each.high, not each.matters)
        for each in found.importances
        if each.part is not None and each.low is not None and each.high is not None
    ]
    if bars:
        said = "What each key explains of the scores, with 95 % intervals; pale: not beyond chance."
        axis = Axis("part of the variance, %", low=0, high=100)
        yield Bars("What mattered", said, axis, bars)


def _over_two(found: Outcome) -> Iterator[Figure]:
    """Yield the score over the two keys that explain most, or the first two."""
    every = {key.name: key for key in found.spec.space.keys}
    names = [each.key for each in found.importances if each.part is not None]
    names = [*dict.fromkeys((*names, *every))][:2]
    if len(names) < 2:
        return
    a, b = (every[name] for name in names)
    scored = scored_trials(found)
    if _has_cells(a, b):
        yield from _heat(found, a, b, scored)
        return
    trials = [trial for trial, _ in scored]
    if are_numbers(a, trials) and are_numbers(b, trials) and len(trials) >= 3:
        yield _points(found, a, b, scored)


def _has_cells(a: Key, b: Key) -> bool:
    """Say whether all values of two keys stand in rows and columns."""
    counts = [key.domain.count for key in (a, b) if isinstance(key.domain, Choices)]
    return len(counts) == 2 and counts[0] * counts[1] <= MOST_CELLS


def _heat(
    found: Outcome, a: Key, b: Key, scored: Sequence[tuple[Trial, float]]
) -> Iterator[Figure]:
    assert isinstance(a.domain, Choices)
    assert isinstance(b.domain, Choices)
    cells: dict[tuple[int, int], list[float]] = {}
    for trial, score in scored:
        if a.name in trial.values and b.name in trial.values:  # else one is not asked for
            row = a.domain.values.index(trial.values[a.name])
            column = b.domain.values.index(trial.values[b.name])
            cells.setdefault((row, column), []).append(score)
    if not cells:
        return
    means = {place: sum(each) / len(each) for place, each in cells.items()}
    shades = dict(zip(means, shades_of(found, [*means.values()]), strict=True))
    rows, columns = range(a.domain.count), range(b.domain.count)
    yield Heat(
        f"{label_of(found)} over {a.name} and {b.name}",
        "Means over the trials: the better, the stronger.",
        a.name, b.name,
        [value_text(listed(each), 24) for each in a.domain.values],
        [value_text(listed(each), 24) for each in b.domain.values],
        [[means.get((i, j)) for j in columns] for i in rows],
        [[0.8 * shades.get((i, j), 0.0) for j in columns] for i in rows],
        [[f"{means[i, j]:.4g}" if (i, j) in means else "" for j in columns] for i in rows],
    )  # fmt: skip


def _points(found: Outcome, a: Key, b: Key, scored: Sequence[tuple[Trial, float]]) -> Figure:
    """Return trials as points, in three groups by their scores."""
    scored, some = some_of(found, scored)
    shades = shades_of(found, [score for _, score in scored])
    groups = []
    for name, low, high in THIRDS:
        of = [
            (x, y, f"trial {trial.number}: {score:.5g}")
            for (trial, score), shade in zip(scored, shades, strict=True)
            if low <= shade < high
            and (x := place_of(trial, a, ())) is not None
            and (y := place_of(trial, b, ())) is not None
        ]
        if of:
            groups.append(Group(name, *(list(each) for each in zip(*of, strict=True))))
    dims = [dimension(key, ()) for key in (a, b)]
    across, along = (Axis(each.name, log=each.log) for each in dims)
    return Scatter(
        f"Trials over {a.name} and {b.name}", f"By {label_of(found)}.{some}", across, along, groups
    )
