"""A gate in a line: met, not met or undecided, and why."""

from mlpcli.compare.gate_records import Gate, Passed
from mlpcli.terminal import Emphasis, Section, Text

EMPHASIS: dict[Passed, Emphasis] = {
    Passed.MET: "best",
    Passed.NOT_MET: "error",
    Passed.UNDECIDED: "warning",
}


def gate_sections(gate: Gate) -> list[Section]:
    """Return the one line of a gate."""
    return [Section("", [Text(f"{gate.result}: {gate.reason}", EMPHASIS[gate.result])])]
