"""The test examples that a network is most sure of and wrong: as images, or as rows of a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mlpcli.data import Examples, Preparation
from mlpcli.errors import shown
from mlpcli.page.content import Part
from mlpcli.page.examined import Examined
from mlpcli.page.pixels import LEAST_SIDE, MOST_SIDE, PixelGrid, pixel_grid
from mlpcli.picture import Images, Thumbnail, color_png, gray_png
from mlpcli.terminal import Section, table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

MOST = 32
COLUMNS = 10  # of a table at most
NAME = 30  # characters
TITLE = "Most confidently wrong"


def wrong_part(seen: Examined) -> Part:
    """Return the examples, or why they are not there."""
    import numpy as np

    answers = seen.answers
    if answers is None or answers.of_values:
        return Part(TITLE)
    wrong = np.flatnonzero(answers.predicted != answers.targets)
    if not len(wrong):
        return Part(TITLE, notes=["No test example is wrong."])
    if seen.test is None:
        return Part(TITLE, notes=[f"The examples are not shown: {seen.no_test}."])
    shares = seen.shares
    if shares is None:
        why = seen.no_network or "the network is too large, or its outputs are no numbers"
        note = f"The first wrong ones in place of the most confident: {why}."
        return _shown(seen, wrong[:MOST], None, [note])
    sure = shares[wrong, answers.predicted[wrong]]
    order = np.argsort(-sure, kind="stable")[:MOST]
    note = f"{len(order)} of {len(wrong):,} wrong ones, by the probability of the class predicted."
    return _shown(seen, wrong[order], sure[order], [note])


def _shown(
    seen: Examined, places: NDArray[Any], sure: NDArray[np.float64] | None, notes: list[str]
) -> Part:
    test, answers = seen.test, seen.answers
    assert test is not None
    assert answers is not None
    names = [shown(each, NAME) for each in seen.classes]
    pairs = [(names[answers.targets[n]], names[answers.predicted[n]]) for n in places]
    said = [""] * len(places) if sure is None else [f"{100 * each:.1f} %" for each in sure]
    images = images_of(seen, test, places)
    if images is None:
        return _rows(seen, test, places, pairs, said, notes)
    captions = [(f"is {a}", f"for {b}", p) for (a, b), p in zip(pairs, said, strict=True)]
    thumbs = [Thumbnail(png, cap) for png, cap in zip(images, captions, strict=True)]
    figure = Images(
        TITLE, "Test images: what each is, what it is taken for, and how sure the network is.",
        thumbs, ("is", "taken for", "sure"),
    )  # fmt: skip
    return Part(TITLE, figures=[figure], notes=notes)


def images_of(seen: Examined, test: Examples, places: NDArray[Any]) -> list[bytes] | None:
    """Return examples as PNGs; None where they are no images: pixels by name, squares of bytes."""
    import numpy as np

    if (grid := grid_of(seen)) is not None and seen.facts:
        values = [np.asarray(test.features[np.array([n])])[0] for n in places]
        features = np.stack(values).astype(np.float64) * test.scale
        columns = range(features.shape[1])
        numeric = seen.facts.preparation.numeric
        raw = [numeric.untransformed(nth, features[:, nth]) for nth in columns]
        images = grid.spread(np.stack(raw, axis=1)).clip(0)
        grays = (255 * images / (images.max() or 1.0)).round().astype(np.uint8)
        return [gray_png(each.tobytes(), grid.width, grid.height) for each in grays]
    if test.features.dtype != np.uint8:
        return None
    side, colors = square(test.features.shape[1])
    if not side:
        return None
    rows = [np.asarray(test.features[np.array([n])])[0] for n in places]
    make = color_png if colors == 3 else gray_png
    return [make(row.astype(np.uint8).tobytes(), side, side) for row in rows]


def grid_of(seen: Examined) -> PixelGrid | None:
    """Return where a table's columns stand in an image; None where they are no pixels."""
    try:
        preparation = seen.facts.preparation if seen.facts and seen.facts.input_columns else None
    except ValueError:  # run.json is damaged
        return None
    if preparation is None or preparation.width != len(preparation.numeric.names):
        return None
    return pixel_grid(preparation.numeric.names)


def square(pixels: int) -> tuple[int, int]:
    """Return the side of a square image of so many numbers, and its colors; 0 where it is none.

    >>> square(784), square(3072), square(10)
    ((28, 1), (32, 3), (0, 0))
    """
    for colors in (1, 3):
        side = math.isqrt(pixels // colors)
        if side * side * colors == pixels and LEAST_SIDE <= side <= MOST_SIDE:
            return side, colors
    return 0, 0


def _rows(
    seen: Examined,
    test: Examples,
    places: NDArray[Any],
    pairs: Sequence[tuple[str, str]],
    said: Sequence[str],
    notes: list[str],
) -> Part:
    import numpy as np

    facts = seen.facts
    assert facts is not None
    try:
        preparation = facts.preparation
    except ValueError:
        return Part(TITLE, notes=["The examples are not shown: run.json is damaged."])
    features = np.stack([np.asarray(test.features[np.array([n])])[0] for n in places])
    columns = _raw_columns(preparation, features.astype(np.float64) * test.scale)
    more = len(columns) - COLUMNS
    if more > 0:
        notes = [*notes, f"The first {COLUMNS} of {len(columns)} columns."]
    chosen = dict(list(columns.items())[:COLUMNS])
    heads = ["is", "taken for", "sure", *(shown(name, NAME) for name in chosen)]
    rows = [[*pair, p, *(cells[n] for cells in chosen.values())]
            for n, (pair, p) in enumerate(zip(pairs, said, strict=True))]  # fmt: skip
    table = table_of(heads, rows, 2)
    return Part(TITLE, [Section("", [table])], notes=notes)


def _raw_columns(preparation: Preparation, features: NDArray[np.float64]) -> dict[str, list[str]]:
    """Return columns as they were before they were prepared, of features [n, width]."""
    found, numeric = dict[str, list[str]](), preparation.numeric
    for nth, name in enumerate(numeric.names):
        values = numeric.untransformed(nth, features[:, nth])
        found[name] = [f"{each:.6g}" for each in values]
    start = len(numeric.names) + sum(numeric.indicators)
    for each in preparation.categorical:
        names = each.features
        part = features[:, start : start + len(names)]
        found[each.name] = [
            names[int(row.argmax())].partition("=")[2] or "-" if row.any() else "-" for row in part
        ]
        start += len(names)
    return found
