"""The pages of the guide: their names in the order in which they are read, and their texts."""

from dataclasses import dataclass
from pathlib import Path

PAGES = (
    "concepts", "your-own-data", "config", "commands", "comparing", "learning-rate", "sweep",
    "tune", "explaining", "pictures", "papers", "clusters", "predict-and-export", "run-directory",
    "promises", "glossary", "development",
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page of the guide, in Markdown."""

    name: str
    text: str

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.text.partition("\n")[0].removeprefix("# ")

    @property
    def summary(self) -> str:
        """The first sentence below the heading."""
        paragraph = self.text.split("\n\n", 2)[1].replace("\n", " ")
        return paragraph.partition(". ")[0].removesuffix(".").replace("`", "")


def read_page(name: str) -> Page:
    """Return the page of that name, which is one of PAGES."""
    return Page(name, Path(__file__).with_name(f"{name}.md").read_text(encoding="utf-8"))
