"""What a config will do, on one screen of 80 columns and 24 lines: the findings last."""

import textwrap
from collections.abc import Iterator

from mlpcli.check.result import Check
from mlpcli.check.view import (
    end_text,
    finding_text,
    findings_title,
    headline,
    initial_loss_texts,
    pace,
    until_text,
)
from mlpcli.terminal import Section, Text, count, duration, size, table_of

WIDTH, FINDING_LINES = 80, 7  # columns, and lines that are left for findings


def brief_sections(check: Check) -> Iterator[Section]:
    """Yield the sections of what matters most."""
    yield Section(headline(check), [Text(text) for text in initial_loss_texts(check, full=False)])
    yield _takes(check)
    yield Section(findings_title(check), list(_findings(check)))


def _takes(check: Check) -> Section:
    takes, time, config = check.footprint, check.time, check.config
    batches = f"{config.steps:,} steps of {count(config.batch_size, 'example')}"
    span = f"{duration(time.low)} to {end_text(check)}"
    rows = [
        ("trains", f"{config.parameters:,} parameters in {batches}: {takes.epochs:,.3g} epochs"),
        ("time", f"about {duration(time.seconds)} ({span}); {pace(time.steps_per_second)} steps/s"),
        ("memory", f"about {size(takes.memory)}; leaves {size(takes.disk)} on disk"),
    ]
    rows[1:1] = [("until", until_text(config))] if config.patience else []
    return Section("", [table_of(("", ""), rows, 2)])


def _findings(check: Check) -> Iterator[Text]:
    """Yield the findings that there is room for, one at least, and how many more there are."""
    room = FINDING_LINES
    for nth, finding in enumerate(check.diagnostics):
        text = finding_text(finding)
        lines = len(textwrap.wrap(text.text, WIDTH))
        left = len(check.diagnostics) - nth
        if nth and lines > room - (left > 1):
            yield Text(f"and {left} more: --full", "strong")
            return
        room -= lines
        yield text
