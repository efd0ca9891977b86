"""Colours: seen on the page, light or dark, and told apart by who sees no red or no green."""

from itertools import combinations

import pytest

from mlpcli.picture.palette import CSS, DARK, DASHES, LIGHT, SERIES

# of linear RGB, whole deuteranopia and protanopia: Machado, Oliveira and Fernandes (2009)
SEEN = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
}
Color = tuple[float, float, float]


def linear(color: str) -> Color:
    parts = (int(color[n : n + 2], 16) / 255 for n in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return r, g, b


def luminance(color: str) -> float:
    r, g, b = linear(color)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: Color) -> Color:
    """Return a colour of linear RGB in CIELAB, D65."""
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    xyz = (sum(m * c for m, c in zip(row, rgb, strict=True)) for row in rows)
    ratios = (max(v, 0) / w for v, w in zip(xyz, white, strict=True))
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in ratios)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(a: str, b: str, eyes: str) -> float:
    """Return how far apart two colours are in CIELAB as such eyes see them."""

    def seen(color: str) -> Color:
        rgb = linear(color)
        r, g, b = (sum(m * c for m, c in zip(row, rgb, strict=True)) for row in SEEN[eyes])
        return lab((min(1, max(0, r)), min(1, max(0, g)), min(1, max(0, b))))

    pairs = zip(seen(a), seen(b), strict=True)
    return sum((one - other) ** 2 for one, other in pairs) ** 0.5


@pytest.mark.parametrize(("which", "theme"), [(0, LIGHT), (1, DARK)])
def test_a_series_is_seen_on_its_page(which: int, theme: dict[str, str]) -> None:
    for colors in SERIES:
        assert contrast(colors[which], theme["paper"]) >= 3, colors[which]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_is_read_on_its_page(theme: dict[str, str]) -> None:
    for name in ("ink", "faint", "good", "bad"):
        assert contrast(theme[name], theme["paper"]) >= 4.5, name
    assert contrast(theme["fill"], theme["paper"]) >= 3


@pytest.mark.parametrize("eyes", [*SEEN])
@pytest.mark.parametrize("which", [0, 1])
def test_two_series_are_told_apart_by_any_eyes(which: int, eyes: str) -> None:
    for a, b in combinations(SERIES, 2):
        assert distance(a[which], b[which], eyes) >= 15, (a[which], b[which])


def test_each_series_has_a_dash_of_its_own() -> None:
    assert len({*DASHES}) == len(DASHES) == len(SERIES)


def test_the_style_sheet_follows_the_page_and_loads_nothing() -> None:
    assert "prefers-color-scheme: dark" in CSS
    assert "@media print" in CSS
    assert "url(" not in CSS
    assert "@import" not in CSS
