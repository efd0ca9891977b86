"""What values of keys can be, where that takes more than a word, and the bounds of amounts."""

from typing import Annotated

from pydantic import Field

MOST_COLUMNS = 1_000  # that a config lists
Units = Annotated[int, Field(ge=1, le=16_384)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Column = Name | Annotated[int, Field(ge=0, lt=10**6)]
Columns = Annotated[tuple[Column, ...], Field(max_length=MOST_COLUMNS)]
Names = Annotated[tuple[Name, ...], Field(max_length=MOST_COLUMNS)]
DEEP = (2, 3, 4, 5, 6)  # layers that tune tries of a network with hidden ones
POWERS = (4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)
Part = Annotated[float, Field(gt=0, lt=1)] | Annotated[int, Field(ge=1, le=10**9)] | Name
