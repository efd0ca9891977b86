"""What helps to begin: first configs (`mlpcli init`), and the pages that `mlpcli guide` shows.

A page is a file here and a name in `pages.PAGES`; its first sentence is what the list of pages says
of it. The tests run the commands of every page.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.guide.command import show_guide
    from mlpcli.guide.pages import PAGES, read_page
    from mlpcli.guide.starting import write_starters
else:
    __getattr__, __dir__ = lazy_exports(__name__)
