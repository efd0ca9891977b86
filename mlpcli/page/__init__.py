"""Runs as a page to look at: `mlpcli report` writes one HTML file, or serves it on this machine.

A page (content.py) is parts: sections, which are the very ones that `show`, `explain`, `compare`
and `sweep` print, and figures. run_page.py, runs_page.py and sweep_page.py choose them; html.py
makes HTML of them with the templates here. examined.py is what a run's network does with its test
set, by numpy alone. Nothing of a run directory is ever run, or served as it is.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.page.command import ReportOptions, write_report
    from mlpcli.page.server import serve_folder
else:
    __getattr__, __dir__ = lazy_exports(__name__)
