"""The page of one run: what came out, why, how it went, where it errs, what it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mlpcli.errors import MlpcliError, shown
from mlpcli.page.class_figures import class_figures
from mlpcli.page.content import Link, Page, Part, drawn_elsewhere
from mlpcli.page.examined import Examined
from mlpcli.page.examples import wrong_part
from mlpcli.page.history_figures import curve_figures, layer_figures
from mlpcli.page.plane import plane_figures
from mlpcli.page.value_figures import value_figures
from mlpcli.page.weight_figures import weight_figures
from mlpcli.report import RunReport, report_run, run_brief, run_in_full
from mlpcli.terminal import Section, Text

WHY = "Why"
LIVE = 3  # seconds after which the page of a run that is under way is asked for again


def run_page(path: Path, explains: bool, back: Link | None = None) -> tuple[Page, RunReport]:
    """Return a run's page and report. Raises RunError where it cannot be read.

    `explains` imports TensorFlow, and measures the network.
    """
    report = report_run(path)
    seen = Examined(report.run)
    parts = [part for part in _parts(report, seen, explains) if not part.is_empty]
    refresh = LIVE if back and report.run.status == "running" else None
    return Page(shown(report.run.name, 200), parts, refresh, back), report


def _parts(report: RunReport, seen: Examined, explains: bool) -> Iterator[Part]:
    notes = [shown(each, 400) for each in report.warnings]
    yield Part("", _unnamed(report, drawn_elsewhere([*run_brief(report)])), notes=notes)
    if explains:
        yield _why(report)
    yield Part("Curves", figures=curve_figures(report.run))
    yield Part("Decisions", figures=plane_figures(seen))
    yield Part("Classes", figures=class_figures(seen), notes=_no_calibration(seen))
    yield Part("Values", figures=value_figures(seen))
    yield wrong_part(seen)
    yield Part("Layers", figures=[*layer_figures(report.run), *weight_figures(seen)])
    yield from _in_full(report)


def _unnamed(report: RunReport, sections: Sequence[Section]) -> list[Section]:
    """Return sections without the run's name, which stands above them all."""
    head, *blocks = sections[0].blocks
    assert isinstance(head, Text)
    standing = head.text.removeprefix(f"{shown(report.run.name, 200)}: ")
    first = replace(sections[0], blocks=[replace(head, text=standing), *blocks])
    return [first, *sections[1:]]


def _why(report: RunReport) -> Part:
    """Return the explanation, or why there is none."""
    from mlpcli.explain import explained, explanation_sections

    try:
        found = [*explanation_sections(explained(report.run.path))]
    except MlpcliError as error:
        return Part(WHY, notes=[f"Not explained: {error}."])
    return Part(WHY, found[1:])  # the first has the run's name


def _no_calibration(seen: Examined) -> list[str]:
    """Say why there is no calibration, where it is missing beside what else there is of classes."""
    if not seen.answers or seen.answers.of_values or seen.shares is not None:
        return []
    why = seen.no_network or seen.no_test or "the network is too large, or diverged"
    return [f"No calibration: {why}."]


def _in_full(report: RunReport) -> Iterator[Part]:
    """Yield what `show --full` has besides: the metrics, the config, where it came from."""
    names = ("Metrics", "Config", "Where it came from")
    found: dict[str, list[Section]] = {}
    for section in run_in_full(report):
        for name in names:
            if section.title.startswith(name):
                found.setdefault(name, []).append(section)
    for name in names:
        if name in found:
            faint = [Text("faint: as by default", "faint")] if name == "Config" else []
            yield Part(name, [*found[name], *([Section("", faint)] if faint else [])])
