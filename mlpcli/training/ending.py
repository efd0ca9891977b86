"""The end of a command that trains: a table of several runs, or the summaries in JSON."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from mlpcli.errors import MlpcliError
from mlpcli.runs import to_json
from mlpcli.terminal import StreamError, Talk, print_bytes, print_sections
from mlpcli.training.job import Job
from mlpcli.training.results import Decided, Trained, trained, trained_json
from mlpcli.training.results_view import next_lines, trained_sections


@contextmanager
def ending(
    jobs: Sequence[Job], talk: Talk, verdicts: Callable[[], Iterable[Decided]] = tuple
) -> Iterator[None]:
    """Print at the end what came of all jobs, also where a signal or an error ends them.

    Nothing is printed where none of them was begun. The verdicts go into the JSON.
    """
    try:
        yield
    except MlpcliError:
        with suppress(StreamError):  # what ends the command is worth more
            _print_end(jobs, talk, verdicts(), has_next=False)
        raise
    _print_end(jobs, talk, verdicts(), has_next=True)


def _print_end(
    jobs: Sequence[Job], talk: Talk, verdicts: Iterable[Decided], has_next: bool
) -> None:
    tabled = len(jobs) > 1 and not talk.quiet
    if not any(job.begun for job in jobs) or not (tabled or talk.stdout == "json"):
        return
    record = trained(jobs, verdicts)
    if tabled:
        _print_table(record, talk, has_next)
    if talk.stdout == "json":
        print_bytes(to_json(trained_json(record), indent=2).encode())


def _print_table(record: Trained, talk: Talk, has_next: bool) -> None:
    with suppress(OSError):  # talk that nobody hears
        print_sections(trained_sections(record), talk.console)
    why, command = next_lines(record) if has_next else ("", "")
    if why:
        talk.tell(why)
    if command:
        talk.say(command)
