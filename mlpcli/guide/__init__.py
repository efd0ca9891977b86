"""The documentation: Markdown pages that `mlpcli guide` shows, in this folder.

A page is a file here and a name in `pages.PAGES`; its first sentence is what the list of pages says
of it. The tests run the commands of every page.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.guide.command import show_guide
    from mlpcli.guide.pages import PAGES
else:
    __getattr__, __dir__ = lazy_exports(__name__)
