"""What two configs differ in: keys, and keys that have no meaning without each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlpcli.config import FOLLOWING, OF_A_RUN_ALONE, Config
from mlpcli.errors import MlpcliError, shown
from mlpcli.stats import Coalition, coalitions, orders

MOST_PLAYERS = 12
# keys that go together, whichever of them differ
TOGETHER = (
    ("layers", "width"),
    ("init", "init_stddev"),
    ("momentum", "nesterov"),
    ("metric", "patience", "min_delta", "keep", "eval_every"),  # which count validations
)
FOLLOW = ("log_every", *FOLLOWING)  # which say how often is looked, and nothing of the network


class NothingBetweenError(MlpcliError):
    """Two configs between which there is nothing to split."""

    exit_code = 2


@dataclass(frozen=True)
class Between:
    """Two configs, and the players that lead from the one to the other: keys, one or several."""

    a: Config
    b: Config
    players: tuple[tuple[str, ...], ...]

    def taken(self, seed: int) -> list[tuple[int, ...]]:
        """Return the orders in which the players join: of many a sample, another for each seed.

        So the spread over seeds is that of the sampling, too.
        """
        return orders(len(self.players), seed)

    def needed(self, seed: int) -> list[Coalition]:
        """Return the coalitions that are to be trained; that of no player is the first config."""
        return coalitions(self.taken(seed))

    def config(self, coalition: Coalition) -> Config:
        """Return the first config with the second's values of some players."""
        keys = [key for player in sorted(coalition) for key in self.players[player]]
        made = _mixed(self.a, self.b, keys)
        if made is None:
            raise NothingBetweenError(
                f"{', '.join(keys)}: between the two configs lies one that is not valid",
                "give two that are nearer to each other",
            )
        number = "-".join(str(player + 1) for player in sorted(coalition))
        name = {0: "a", len(self.players): "b"}.get(len(coalition), f"a-{number}")
        # seeds of weights and order of their own would leave their noise out
        return made.model_copy(update={"name": name, "init_seed": None, "order_seed": None})


def between(a: Config, b: Config) -> Between:
    """Return what leads from one config to another. Raises NothingBetweenError."""
    one, other = a.data.facts.scored_on, b.data.facts.scored_on
    if one != other:
        raise NothingBetweenError(
            f"{shown(a.name)} and {shown(b.name)} are scored on other data, which cannot be "
            "compared",
            "give two of one dataset and one split",
        )
    own = {*OF_A_RUN_ALONE, *FOLLOW}
    own -= {"eval_every"} if a.stopping.is_used or b.stopping.is_used else set()
    keys = [key for key in Config.model_fields if key not in own and _differ(a, b, key)]
    if not keys:
        raise NothingBetweenError(
            f"{shown(a.name)} and {shown(b.name)} differ in no key that a network depends on",
            "whether another seed alone makes the difference: mlpcli train CONFIG --seeds 5",
        )
    players = _valid(a, b, _grouped(keys))
    if len(players) > MOST_PLAYERS:
        raise NothingBetweenError(
            f"{shown(a.name)} and {shown(b.name)} differ in {len(players)} keys, allowed "
            f"{MOST_PLAYERS}",
            "give two that are nearer to each other",
        )
    return Between(a, b, players)


def _differ(a: Config, b: Config, key: str) -> bool:
    if key == "width":
        return a.hidden_widths != b.hidden_widths
    return bool(getattr(a, key) != getattr(b, key))


def _grouped(keys: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the keys, those that go together as one."""
    groups: list[tuple[str, ...]] = []
    for key in keys:
        group = next((each for each in TOGETHER if key in each), (key,))
        if group not in groups:
            groups.append(group)
    return groups


def _valid(a: Config, b: Config, players: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Return the players, merged where one of them alone makes no valid config.

    As steps do that are fewer than the other config's warm-up.
    """
    left = list(players)
    while wrong := next(_conflicts(a, b, left), None):
        first, second = wrong
        left[first] = (*left[first], *left.pop(second))
    return tuple(left)


def _conflicts(a: Config, b: Config, players: Sequence[tuple[str, ...]]) -> Iterator[Any]:
    """Yield pairs of players that are to be one."""
    for base, other in ((a, b), (b, a)):
        for i, keys in enumerate(players):
            if len(players) == 1 or _mixed(base, other, keys):
                continue
            helps = (j for j, more in enumerate(players) if j > i or j < i
                     if _mixed(base, other, (*keys, *more)))  # fmt: skip
            j = next(helps, (i + 1) % len(players))
            yield min(i, j), max(i, j)


def _mixed(base: Config, other: Config, keys: Sequence[str]) -> Config | None:
    """Return a config with some values of another; None where it is not valid."""
    values = {**_given(base), **{k: v for k, v in _given(other).items() if k in keys}}
    for key in keys:
        if key not in _given(other):
            values.pop(key, None)
    stops = base.stopping.is_used or other.stopping.is_used
    for key in FOLLOW[1:]:  # which follow from the steps
        if key != "eval_every" or not stops:
            values.pop(key, None)
    try:
        return Config(**values)
    except ValueError:
        return None


def _given(config: Config) -> Mapping[str, Any]:
    """Return the values of a config that mean something, and so may be given."""
    resolved = config.resolved()
    return {key: getattr(config, key) for key in resolved if key != "epochs"}
