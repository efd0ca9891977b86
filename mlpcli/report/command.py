"""What `show` does: a run read, and its report printed."""

from pathlib import Path

from mlpcli.report.run_report import report_json, report_run
from mlpcli.report.view import report_sections
from mlpcli.terminal import print_result, print_warnings


def show_run(path: Path, form: str) -> int:
    """Print a run's report, and what was not read on stderr; return the exit code."""
    report = report_run(path)
    print_warnings(report.warnings)
    print_result(report, form, report_sections, report_json)
    return 0
