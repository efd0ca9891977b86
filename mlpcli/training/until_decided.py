"""Seeds of several configs one after another, until it is decided how they stand to the first."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from mlpcli.config import Config, SeedsError, require_seed_matters, setting
from mlpcli.data import Regression
from mlpcli.errors import shown
from mlpcli.runs import SCORES, load_run
from mlpcli.stats import ALPHA, Look, accuracy_margin, least_seeds, look, r_squared_margin
from mlpcli.terminal import Talk, points
from mlpcli.training.job import Job
from mlpcli.training.results import Decided

UNTIL_DECIDED = "until-decided"
MOST_SEEDS = 30
FIRST_LOOK = 3  # seeds
GO_ON = "go on with the same command and --needed"
AFTERWARDS = (
    "these intervals hold at all looks together; those of compare are for a number of seeds that "
    "was fixed beforehand, and too narrow for one that followed from the results"
)

Scores = dict[int, float]  # of each seed


@dataclass
class Contest:
    """Configs beside the first of them: their scores so far, and what is known of each."""

    configs: Sequence[Config]  # two or more
    margin: float | None  # as asked, in points of accuracy or in R squared
    scores: list[Scores] = field(default_factory=list)
    looks: dict[int, Look] = field(default_factory=dict)  # by the place of the config
    failed: set[int] = field(default_factory=set)  # places of configs whose runs fail

    def __post_init__(self) -> None:
        """Begin without scores."""
        self.scores = [{} for _ in self.configs]

    @property
    def of_values(self) -> bool:
        """Whether the scores are R squared."""
        return isinstance(self.configs[0].data.task, Regression)

    @property
    def undecided(self) -> list[int]:
        """The places of the configs that are not decided yet."""
        others = range(1, len(self.configs))
        left = [i for i in others if i not in self.looks or self.looks[i].answer == "undecided"]
        return [] if 0 in self.failed else [i for i in left if i not in self.failed]

    def enter(self, place: int, seed: int, job: Job) -> None:
        """Enter what a run came to; one without a result is left out."""
        run = load_run(job.path) if job.path else None
        key = SCORES[self.configs[0].data.task.kind]
        if run is None or job.status == "failed":
            self.failed.add(place)  # as the next seed's would, for want of memory or disk
            return
        score = run.counted(key)
        if score is not None:
            self.scores[place][seed] = score

    def judge(self) -> Iterator[str]:
        """Look at each that is undecided, and yield what is seen."""
        for place in self.undecided:
            shared = self.scores[0].keys() & self.scores[place].keys()
            if len(shared) < FIRST_LOOK:
                continue
            found = look(self.scores[place], self.scores[0], self._margin(), len(self.configs) - 1)
            self.looks[place] = found
            yield f"after {found.n} seeds: {self._text(place, found)}"

    def _margin(self) -> float:
        """Return within what configs are equivalent: as asked, or what the test set can show."""
        if self.margin is not None:
            return self.margin if self.of_values else self.margin / 100
        examples = self.configs[0].data.facts.test_examples
        if not self.of_values:
            return accuracy_margin(examples)
        values = self.scores[0].values()
        return r_squared_margin(examples, math.fsum(values) / len(values))

    def _text(self, place: int, found: Look) -> str:
        first, other = self.configs[0].name, self.configs[place].name
        write = (lambda v: f"{v:+.4f}") if self.of_values else points
        unit = "" if self.of_values else " points"
        known = found.low is not None and found.high is not None
        bounds = f" ({write(found.low or 0)} to {write(found.high or 0)})" if known else ""
        far = f"{write(found.mean)}{unit}{bounds}"
        word = f"{found.answer} to" if found.answer == "equivalent" else f"{found.answer} than"
        if found.answer == "undecided":
            least = least_seeds(ALPHA / (len(self.configs) - 1))
            why = "" if known or found.n >= least else f"; an interval takes {least} seeds"
            return f"{other} {far} beside {first}: undecided{why}"
        return f"{other} {far} beside {first}: {word} {first}"

    def ends(self) -> Iterator[str]:
        """Yield what was decided of each, and what was not."""
        for place in range(1, len(self.configs)):
            found = self.looks.get(place)
            name = self.configs[place].name
            yield self._text(place, found) if found else f"{name}: no {FIRST_LOOK} seeds to look at"
        if self.undecided:
            yield f"{GO_ON}, and a larger --max-seeds"
        yield AFTERWARDS

    def verdicts(self) -> Iterator[Decided]:
        """Yield how each config lies to the first, as it is known by now."""
        for place, config in enumerate(self.configs[1:], start=1):
            found = self.looks.get(place)
            yield Decided(
                name=config.name,
                beside=self.configs[0].name,
                answer=found.answer if found else "undecided",
                seeds=found.n if found else len(self.scores[0].keys() & self.scores[place].keys()),
                mean=found.mean if found else None,
                low=found.low if found else None,
                high=found.high if found else None,
            )


def require_contest(configs: Sequence[Config], overrides: Sequence[str], most: int) -> None:
    """Raise SeedsError for configs that so many seeds at most cannot hold against each other."""
    option = f"--seeds {UNTIL_DECIDED}"
    if len(configs) < 2:
        raise SeedsError(
            f"{option}: one config, and it takes two or more to decide between",
            f"give another: mlpcli train A.yaml B.yaml {option}",
        )
    if other := [each for each in overrides if each.partition("=")[0] == "seed"]:
        raise SeedsError(f"{option} and -s {other[0]}", "leave one of them out")
    for config in configs:
        require_seed_matters(config, option)
    names = [config.name for config in configs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SeedsError(
            f"{option}: {shown(twice)} is the name of two configs",
            "give them other names: a key name in each file",
        )
    settings = [setting(config.resolved(), "") for config in configs]
    if len({*settings}) < len(settings):
        raise SeedsError(
            f"{option}: two of {', '.join(map(shown, names))} are the same config",
            "there is nothing to decide between them; change a key in one",
        )
    least = least_seeds(ALPHA / (len(configs) - 1))
    if most < least:
        raise SeedsError(
            f"--max-seeds {most}: nothing is decided of {len(configs)} configs before {least}",
            f"give {least} or more; {MOST_SEEDS} is the default",
        )
    scored = [config.data.facts.scored_on for config in configs]
    if any(each != scored[0] for each in scored):
        raise SeedsError(
            f"{option}: {', '.join(names)} are scored on other data, which cannot be compared",
            "give configs of one dataset and one split",
        )


def until_decided(
    contest: Contest, most: int, talk: Talk, train: Callable[[Sequence[Config]], Sequence[Job]]
) -> None:
    """Train seed after seed of all that is undecided, and say after each what is known.

    `train` trains configs, and returns their jobs in the same order.
    """
    for seed in range(most):
        places = [0, *contest.undecided]
        configs = [contest.configs[i].model_copy(update={"seed": seed}) for i in places]
        for place, job in zip(places, train(configs), strict=True):
            contest.enter(place, seed, job)
        for line in contest.judge():
            talk.say(line, "bold")
        if not contest.undecided:
            break
