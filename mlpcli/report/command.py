"""What `show` does: a run read, and its report printed."""

from pathlib import Path

from mlpcli.report.brief import brief_sections, next_command
from mlpcli.report.run_report import report_run
from mlpcli.report.shown_run import report_json
from mlpcli.report.view import full_sections
from mlpcli.terminal import print_next, print_result, print_warnings


def show_run(path: Path, form: str, full: bool = False) -> int:
    """Print a run's report, and what was not read on stderr; return the exit code."""
    report = report_run(path)
    print_warnings(report.warnings)
    print_result(report, form, full_sections if full else brief_sections, report_json)
    if form != "json":
        print_next(next_command(report.run), more=not full)
    return 0
