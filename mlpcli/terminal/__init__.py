"""What people see and how they stop it: sections laid out, numbers as text, progress, signals.

A command makes sections (sections.py: titles, texts, tables, plots) from its record; here they are
laid out for a terminal, plain text or Markdown, and JSON and CSV are written. Nothing else imports
rich. A new form of output is a module here.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.terminal.console import (
        Console,
        print_bytes,
        print_error,
        print_line,
        print_next,
        print_path,
        print_sentence,
        print_warnings,
        stderr_console,
        stdout_is_screen,
    )
    from mlpcli.terminal.document import print_document
    from mlpcli.terminal.formatting import (
        LONG,
        accuracy_text,
        count,
        duration,
        factor,
        interval,
        metric_text,
        metric_word,
        number,
        p_text,
        percent,
        plain,
        points,
        size,
        value_text,
        with_bounds,
    )
    from mlpcli.terminal.forms import print_result
    from mlpcli.terminal.json_csv import print_json
    from mlpcli.terminal.live_sections import LiveSections, Size, show_live
    from mlpcli.terminal.many_progress import ManyLines, show_many
    from mlpcli.terminal.plot import DRAWABLE
    from mlpcli.terminal.progress import show_progress
    from mlpcli.terminal.render import print_sections
    from mlpcli.terminal.sections import (
        Block,
        Column,
        Emphasis,
        Field,
        Plot,
        Plots,
        Section,
        Series,
        Table,
        Text,
        status_emphasis,
        table_of,
    )
    from mlpcli.terminal.signals import StoppedError, StopRequest, stop_requests
    from mlpcli.terminal.streams import StreamError, guarded_stdout, open_streams
    from mlpcli.terminal.talk import Progress, Talk
else:
    __getattr__, __dir__ = lazy_exports(__name__)
