"""Colours that all tell apart, on light paper and on dark, after Okabe and Ito (2008).

Theirs are for areas; as thin lines on white some are too pale, and as dark ones on black too dark.
Each series has one of theirs, or one of its hue that has a contrast of 3 and more on the page, and
another dash: no series is told by its colour alone. A test holds both.
"""

LIGHT = {
    "paper": "#ffffff", "ink": "#1b1f24", "faint": "#59636e", "rule": "#d5dae0",
    "good": "#00795a", "bad": "#b34a00", "fill": "#0072b2",
}  # fmt: skip
DARK = {
    "paper": "#14171c", "ink": "#e8ebef", "faint": "#a3acb8", "rule": "#3a414b",
    "good": "#2fc79b", "bad": "#ff9b57", "fill": "#56b4e9",
}  # fmt: skip
# of the series, in order: on light and on dark
SERIES = (
    ("#0072b2", "#56b4e9"),  # blue, sky blue
    ("#d55e00", "#e69f00"),  # vermillion, orange
    ("#000000", "#f7f7f7"),
    ("#009e73", "#00a37a"),  # bluish green
    ("#b3669a", "#d98cb8"),  # reddish purple
    ("#5f4700", "#f0e442"),  # yellow, dark on light
)
DASHES = ("none", "6 3", "2 2.5", "9 3 2 3", "4 1.5", "1 3")
LEVELS = 17  # shades from one colour by none to another

Rgb = tuple[int, int, int]
Rgba = tuple[int, int, int, int]


def diverging(low: Rgb, high: Rgb, opaque: float = 1.0) -> list[Rgba]:
    """Return LEVELS colours from one by clear to another; `opaque` is how much both ends cover.

    >>> diverging((9, 9, 9), (0, 0, 0))[0], diverging((9, 9, 9), (0, 0, 0), 0.5)[-1]
    ((9, 9, 9, 255), (0, 0, 0, 128))
    """
    far = [2 * level / (LEVELS - 1) - 1 for level in range(LEVELS)]
    return [(*(high if each > 0 else low), round(255 * abs(each) * opaque)) for each in far]


_FIXED = """
.fig { width: 100%; height: auto; display: block; font: 11px system-ui, sans-serif; }
.fig text { fill: var(--ink); pointer-events: none; } .fig text.q { fill: var(--faint); }
.fig .tiny { font-size: 9px; } .fig .end { text-anchor: end; } .fig .mid { text-anchor: middle; }
.fig .rule { stroke: var(--rule); fill: none; } .fig .axis { stroke: var(--faint); fill: none; }
.fig .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.fig .solid { stroke-dasharray: none; } .fig .bar { opacity: .75; }
.fig .bound { fill: none; stroke: var(--ink); stroke-width: 1.2; }
.fig .band { stroke: none; opacity: .2; } .fig .dot { stroke: var(--paper); stroke-width: .5; }
.fig .ref { stroke: var(--faint); stroke-dasharray: 3 3; fill: none; }
.fig .heat { fill: var(--fill); } .fig .cell { stroke: var(--rule); fill: none; }
.fig .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 2.5px;
  stroke-linejoin: round; }
.fig text.upon { fill: var(--paper); }
.fig image { image-rendering: pixelated; }
.fig .strand { fill: none; stroke: var(--fill); stroke-width: 1.2; }
.fig .strand:hover, .fig .strand.on { stroke: var(--s2); stroke-width: 3; stroke-opacity: 1; }
.fig .faint { opacity: .35; } .fig .strong { font-weight: 600; }
"""


def _variables(which: int) -> str:
    plain = (LIGHT, DARK)[which].items()
    pairs = [f"--{name}: {color}" for name, color in plain]
    pairs += [f"--s{nth}: {colors[which]}" for nth, colors in enumerate(SERIES, 1)]
    return "; ".join(pairs)


def _series() -> str:
    return "\n".join(
        f".fig .s{nth} {{ stroke: var(--s{nth}); stroke-dasharray: {dash}; }} "
        f".fig .f{nth} {{ fill: var(--s{nth}); }}"
        for nth, dash in enumerate(DASHES, 1)
    )


CSS = (
    f":root {{ color-scheme: light dark; {_variables(0)}; }}\n"
    f"@media (prefers-color-scheme: dark) {{ :root {{ {_variables(1)}; }} }}\n"
    f"@media print {{ :root {{ color-scheme: light; {_variables(0)}; }} }}\n"
    f"{_series()}{_FIXED}"
)
