"""Published results, trained again: `mlpcli papers`.

A paper row is a config whose first comments say what was published, and where. row.py reads it,
outcome.py holds the run of it against that value, command.py trains what is missing.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.papers.command import show_papers
    from mlpcli.papers.record import papers_schema
else:
    __getattr__, __dir__ = lazy_exports(__name__)
