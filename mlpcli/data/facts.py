"""What a run keeps of its data set, so that its results are understood where the file is gone."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from mlpcli.data.numeric import Names
from mlpcli.data.task import Task

if TYPE_CHECKING:
    from mlpcli.data.preparation import Preparation

Count = Annotated[int, Meta(ge=0, le=10**12)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


# Of 300 untrained networks each of 784-10, 784-32-10, 784-32-32-10, 784-128-128-128-10 and six
# layers of 16, with He initialization, 99 in 100 scored below 17.2 % of MNIST's validation images,
# 16, 15, 16 and 15 %: up to 0.067 of the way from the largest class's 11.26 % to 1. One in 1,500
# had more than 19 %.
UNTRAINED = 0.07


class DataFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which examples a run was trained and scored on, as run.json has it under `data`."""

    name: Annotated[str, Meta(max_length=255)]
    sha256: Digest  # of the content of the files
    split_sha256: str = ""  # of the numbers of the rows of each part; built-in ones are split alike
    prepared_sha256: str = ""  # of how columns were made into numbers
    subset_sha256: str = ""  # of the numbers of the rows that train, where those are a subset
    task: Task
    inputs: Count
    train_examples: Count
    validation_examples: Count
    test_examples: Count
    # the share of the largest class among the validation examples: what a network scores that
    # takes everything for it, and has learned nothing; 0 of a regression
    largest_class: Annotated[float, Meta(ge=0, le=1)] = 0.0
    # of a table the columns that are predicted from, in the file's order; of arrays none
    input_columns: Names = ()
    columns: dict[str, Any] = {}  # how columns are made into numbers: a Preparation's record

    @property
    def learned_accuracy(self) -> float:
        """The accuracy that the interval of one that has learned anything lies above.

        Always to answer the largest class scores its share; untrained networks score up to
        UNTRAINED of the way from there to 1, for what they make of the images is no coin toss.
        """
        return self.largest_class + UNTRAINED * (1 - self.largest_class)

    @property
    def scored_on(self) -> str:
        """What the facts of runs have in common whose scores can be compared.

        That is the same rows to be scored on, and the same targets: the digest of both, and the
        content's SHA-256 alone for a data set that can be split in one way.
        """
        if not self.split_sha256:
            return self.sha256
        task = msgspec.json.encode(self.task)
        return hashlib.sha256((self.sha256 + self.split_sha256).encode() + task).hexdigest()

    @property
    def preparation(self) -> Preparation:
        """How rows become features. Raises ValueError for a record that is none.

        What is built in as bytes has none: all of its columns are bytes.
        """
        from mlpcli.data.preparation import Preparation, of_bytes

        if not self.columns:
            return of_bytes(tuple(map(str, range(self.inputs))), 255)
        found = Preparation.from_record(self.columns)
        if found.width != self.inputs or set(self.input_columns) - set(found.columns):
            raise ValueError("the preparation is of other columns")
        return found

    @property
    def digest(self) -> str:
        """What examples have in common that are the same, to the row and to the bit.

        The content's SHA-256 alone for a data set that can be split and prepared in one way.
        """
        if not self.split_sha256 and not self.subset_sha256:
            return self.sha256
        parts = "".join((self.sha256, self.split_sha256, self.prepared_sha256, self.subset_sha256))
        return hashlib.sha256(parts.encode()).hexdigest()
