"""What a worker is asked to do: the functions that are sent to it, by their names alone.

`prepare` and `train` are tasks, in threads of the worker; the others answer at once.
"""

from collections.abc import Mapping
from pathlib import Path

from mlpcli.cluster.messages import About, News, Outcome, Parcel, Wanted
from mlpcli.cluster.station import Station, made_station, the_station
from mlpcli.errors import RunError
from mlpcli.runs import package_versions


def versions() -> dict[str, str]:
    """Return the versions that a run's numbers may depend on."""
    return package_versions()


def prepare(variables: Mapping[str, str], own: int) -> About | str:
    """Make the worker ready to train; return what it is, or why it cannot be.

    `variables` are those of the environment that a run's bits may depend on, as the head has them;
    `own` is how many workers the head has started on its machine, this one among them, or 0.
    """
    from distributed import get_worker, secede

    here = get_worker()
    station = made_station(Path(here.local_directory))
    secede()  # others may begin beside it
    if own:
        station.detach(int(here.name), own)  # they are named by their numbers
    try:
        return station.ready(variables)
    except RunError as error:
        return "; ".join(filter(None, [str(error), error.hint]))


def holds(path: str, sha256: str) -> bool:
    """Say whether the worker has the file of that path with that content, here or as a copy."""
    return _asked().files.has(path, sha256)


def receive(path: str, offset: int, piece: bytes, sha256: str) -> None:
    """Write a piece of the file's copy; the last one comes with the whole content's hash."""
    _asked().files.receive(path, offset, piece, sha256)


def train(parcel: Parcel) -> Outcome | None:
    """Take a run on from where it stands; None where another process was meant."""
    from distributed import secede

    secede()  # how many train at once is for the head to say
    station = the_station()
    if station is None or station.id != parcel.station:
        return None
    return station.train(parcel)


def news(wanted: Wanted) -> News:
    """Return what is new of runs under way. A worker that is not asked for long gives them up."""
    station = the_station()
    return News("", {}) if station is None else station.news(wanted)


def stop(attempts: tuple[str, ...]) -> None:
    """Stop runs, as at a signal."""
    if station := the_station():
        station.stop(attempts)


def _asked() -> Station:
    station = the_station()
    if station is None:
        raise RuntimeError("this worker was not made ready")
    return station
