"""What one run looks like: `mlpcli show`; and what one data set is: `mlpcli data`.

The record of a run as a person wants to see it, its curves, and its sections. A page about runs, in
whatever form, starts from the same record. Of a data set that record is data's `Description`.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.report.brief import brief_sections as run_brief
    from mlpcli.report.command import show_run
    from mlpcli.report.curves import curves as plots_of
    from mlpcli.report.curves import is_wide
    from mlpcli.report.data_set import show_data
    from mlpcli.report.data_set_record import data_schema
    from mlpcli.report.run_report import RunReport, report_run
    from mlpcli.report.shown_run import show_schema
    from mlpcli.report.view import full_sections as run_in_full
else:
    __getattr__, __dir__ = lazy_exports(__name__)
