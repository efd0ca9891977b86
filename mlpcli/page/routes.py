"""Which page an address of the server means: the list, a run, a sweep, or all runs compared.

A name in an address is looked up among those that are listed; none is ever made into a path.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, unquote

from msgspec.structs import replace

from mlpcli.compare import Listed, list_runs, listing_sections
from mlpcli.errors import MlpcliError, shown
from mlpcli.page.content import Link, Page, Part
from mlpcli.page.run_page import run_page
from mlpcli.page.runs_page import runs_page
from mlpcli.page.sweep_page import sweep_page
from mlpcli.runs import runs_in, sweeps_in
from mlpcli.terminal import Section, table_of

ROOT = Link("All runs", "/")
LIVE = 4  # seconds after which a list with runs under way is asked for again
STILL = 15  # and one without
MOST = 2_000  # runs of a list: the newest


class NotFoundError(MlpcliError):
    """An address that means nothing."""


def page_at(folder: Path, address: str) -> Page:
    """Return the page of an address, as it was asked for.

    Raises NotFoundError where there is none, and RunErrors of damaged runs.
    """
    # what is no UTF-8 is a name's own bytes, as the system has them
    match [unquote(part, errors="surrogateescape") for part in address.split("/") if part]:
        case []:
            return _list(folder, "", None)
        case ["compare"]:
            return runs_page([str(folder)], folder, ROOT)[0]
        case ["run", name]:
            return run_page(_named(runs_in(folder)[0], name), False, ROOT)[0]
        case ["sweep", name]:
            return sweep_page(_named(sweeps_in(folder), name), ROOT)
        case ["sweep", name, "runs"]:
            return _list(_named(sweeps_in(folder), name), f"/sweep/{_quoted(name)}", ROOT)
        case ["sweep", name, run]:
            sweep = _named(sweeps_in(folder), name)
            back = Link("The sweep", f"/sweep/{_quoted(name)}")
            return run_page(_named(runs_in(sweep)[0], run), False, back)[0]
    raise NotFoundError("there is no such page")


def _named(paths: list[Path], name: str) -> Path:
    found = next((path for path in paths if path.name == name), None)
    if found is None:
        raise NotFoundError(f"{shown(name, 200)}: there is no such run")
    return found


def _list(folder: Path, below: str, back: Link | None) -> Page:
    """Return the list of a folder's runs, the newest first, and of its sweeps."""
    paths, unclear = runs_in(folder)
    listing = list_runs(paths, None, MOST)
    newest = tuple(reversed(listing.runs))
    links = [Link("", _address(each, below)) for each in newest]
    sections = [*listing_sections(replace(listing, runs=newest))]
    parts = [Part("", sections, links=links)]
    if not below and len(newest) > 1:
        parts.insert(0, Part("", [_compared()], links=[Link("", "/compare")]))
    if sweeps := sweeps_in(folder):
        table = table_of(("sweep",), ([each.name] for each in reversed(sweeps)))
        addresses = [f"/sweep/{_quoted(each.name)}" for each in reversed(sweeps)]
        parts.append(
            Part("Sweeps", [Section("", [table])], links=[Link("", each) for each in addresses])
        )
    if not newest:
        parts.append(Part("", notes=["There is no run here yet."]))
    warnings = [shown(each, 300) for each in (*unclear, *listing.warnings)][:20]
    parts.append(Part("Not read", notes=warnings))
    live = any(each.status == "running" for each in newest)
    title = f"Runs in {shown(folder.name or folder.resolve().name, 200)}"
    kept = [each for each in parts if not each.is_empty]
    return Page(title, kept, LIVE if live else STILL, back)


def _address(run: Listed, below: str) -> str:
    return f"{below or '/run'}/{_quoted(Path(run.path).name)}"


def _quoted(name: str) -> str:
    return quote(os.fsencode(name), safe="")


def _compared() -> Section:
    return Section("", [table_of(("",), [["Compare all of them"]])])
