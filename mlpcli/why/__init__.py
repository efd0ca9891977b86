"""Why two settings differ: `mlpcli why A B`.

players.py says what they differ in, key by key; command.py trains what lies between them, and
split.py splits the difference among the keys. view.py writes it.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.why.command import show_why
else:
    __getattr__, __dir__ = lazy_exports(__name__)
