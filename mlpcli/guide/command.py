"""What `guide` does: the list of pages, or one of them."""

from mlpcli.guide.pages import PAGES, read_page
from mlpcli.terminal import Section, Text, print_document, print_sections, table_of


def show_guide(name: str | None) -> int:
    """Print a page, or the list of them where none is named; return the exit code."""
    if name:
        print_document(read_page(name).text)
        return 0
    rows = [(page.name, page.summary) for page in map(read_page, PAGES)]
    print_sections([
        Section("The guide", [table_of(("page", "what it says"), rows, texts=2)]),
        Section("", [Text("read one: mlpcli guide concepts")]),
    ])  # fmt: skip
    return 0
