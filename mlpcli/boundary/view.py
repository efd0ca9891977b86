"""A plane as what a terminal draws: its field of classes, and the axes in words."""

from __future__ import annotations

from mlpcli.boundary.plane import Plane
from mlpcli.errors import shown
from mlpcli.terminal import Field, Section


def boundary_section(plane: Plane, title: str = "Decision boundary", columns: int = 60) -> Section:
    """Return the section that draws a plane, at most so many columns wide."""
    across, up = (shown(name, 40) for name in plane.names)
    (left, bottom), (right, top) = plane.low, plane.high
    wide, high = f"{left:.4g} to {right:.4g}", f"{bottom:.4g} to {top:.4g}"
    axes = f"{across} {wide}, {up} {high} upwards"
    if wide == high:
        axes = f"{across} and {up} from {wide}"
    field = Field(
        names=[shown(name, 40) for name in plane.classes],
        cells=plane.likeliest.tolist(),
        shares=plane.probability.tolist(),
        marks={(row, column): label for row, column, label in plane.examples},
        axes=axes,
        columns=columns,
    )
    return Section(title, [field])
