"""Columns of categories: a place for each that training has seen, one for rare and unseen ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from mlpcli.data.numeric import Name

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

RARE_BELOW = 3  # rows in training: a category with fewer teaches nothing of its own
MOST_CATEGORIES = 1_000  # with a place of their own, the most frequent ones
LONGEST = 1_000  # characters of a category; longer ones count as rare

Value = Annotated[str, Meta(max_length=LONGEST)]
Values = Annotated[tuple[Value, ...], Meta(max_length=MOST_CATEGORIES)]


class Categorical(Struct, frozen=True):
    """A column of categories, one-hot: the place of a row's category is 1, the others are 0.

    The categories of the training rows, the most frequent first; then a place for the rare ones
    together, if there are any, which unseen ones go to; then one for missing, if training rows have
    it, which else counts as unseen. Where training had no rare ones, an unseen category leaves all
    places 0: the weights of a place that is never 1 in training stay as they were drawn, and would
    answer at random.
    """

    name: Name
    values: Values
    rare: bool
    missing: bool

    def __post_init__(self) -> None:
        if len(set(self.values)) < len(self.values):
            raise ValueError("two categories of a column are alike")

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the places."""
        rare = (f"{self.name} rare or unseen",) * self.rare
        return (
            *(f"{self.name}={value}" for value in self.values),
            *rare,
            *(f"{self.name} missing",) * self.missing,
        )

    def places(self, column: pl.Series) -> NDArray[np.int64]:
        """Return the place of each row [n], counted from 0; -1 for none."""
        import numpy as np
        import polars as pl

        unseen = len(self.values) if self.rare else -1
        text = category_text(column)
        if self.values:
            numbers = list(range(len(self.values)))
            found = text.replace_strict(
                list(self.values), numbers, default=unseen, return_dtype=pl.Int64
            ).to_numpy()
        else:
            found = np.full(len(column), unseen)
        gone = len(self.values) + self.rare if self.missing else unseen
        return np.where(text.is_null().to_numpy(), gone, found)


def fit_categorical(name: str, column: pl.Series) -> Categorical:
    """Return the categories of a column of training rows."""
    import polars as pl

    text = category_text(column)
    counted = text.drop_nulls().alias("value").value_counts(name="rows")
    common = counted.filter(
        pl.col("rows") >= RARE_BELOW, pl.col("value").str.len_chars() <= LONGEST
    )
    ranked = common.sort("rows", "value", descending=[True, False]).head(MOST_CATEGORIES)
    return Categorical(
        name,
        tuple(ranked["value"]),
        rare=ranked.height < counted.height,
        missing=text.null_count() > 0,
    )


def category_text(column: pl.Series) -> pl.Series:
    """Return categories as text: whole numbers without a point, booleans as false and true.

    So that a column has the same categories whether a file has 1 or 1.0.
    """
    import polars as pl

    if column.dtype.is_float():
        values = column.fill_nan(None)
        whole = values.drop_nulls()
        if ((whole == whole.round()) & (whole.abs() < 2**63)).all():
            return values.cast(pl.Int64).cast(pl.String)
        return values.map_elements(_number_text, return_dtype=pl.String)
    return column.cast(pl.String)


def _number_text(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)
