"""What `show` does: a run read, and its report printed."""

from pathlib import Path

from mlpcli.report.run_report import report_json, report_run
from mlpcli.report.view import report_sections
from mlpcli.terminal import print_json, print_sections, print_warnings


def show_run(path: Path, form: str) -> int:
    """Print a run's report, and what was not read on stderr; return the exit code."""
    report = report_run(path)
    print_warnings(report.warnings)
    if form == "json":
        print_json(report_json(report))
    else:
        print_sections(report_sections(report))
    return 0
