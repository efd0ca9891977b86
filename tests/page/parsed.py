"""A page as a browser reads it: its elements, and the numbers in its tables."""

from __future__ import annotations

from html.parser import HTMLParser

NOTHING_RUNS = {"iframe", "object", "embed", "base", "form", "link", "math", "animate", "img"}
VOID = {"meta", "br", "input", "hr"}


class Parsed(HTMLParser):
    """A page, parsed: `elements` with their attributes, `text` outside of script and style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text, self.values, self._inside = "", set[float](), list[str]()
        self.feed(page)
        self.close()
        assert not self._inside, self._inside

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._inside.append(tag)
        if value := dict(attrs).get("data-value"):
            self.values.add(float(value))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if not self._inside or self._inside[-1] not in ("script", "style"):
            self.text += data

    def names(self, name: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element of a name."""
        return [attributes for each, attributes in self.elements if each == name]


def require_harmless(page: Parsed) -> None:
    """Hold that nothing in a page runs or is loaded but its one script."""
    assert len(page.names("script")) == 1
    assert len(page.names("style")) == 1
    assert not NOTHING_RUNS & {name for name, _ in page.elements}
    for name, attributes in page.elements:
        assert not [each for each in attributes if each.startswith("on")], (name, attributes)
        assert "style" not in attributes
        for key in ("href", "src", "action"):
            address = attributes.get(key) or "#"
            assert address.startswith(("#", "/", "data:image/png;base64,")), address
