"""Values by Optuna's samplers, in memory: the run directories are the only truth."""

from __future__ import annotations

import warnings
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.samplers import BaseSampler, CmaEsSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState, create_trial

from mlpcli.search.asker import Sampler, Told, seed_of
from mlpcli.search.domain import Choices, Range, Value
from mlpcli.search.space import Key, Space, Values
from mlpcli.search.spec import Spec


def optuna_sampler(spec: Spec) -> Sampler:
    """Return what draws values for a sweep that learns from its results."""
    return _Tpe(spec) if spec.search == "tpe" else _CmaEs(spec)


@contextmanager
def quiet() -> Iterator[None]:
    """Let Optuna say nothing: what it warns of here is known, and no user can change it."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        optuna.logging.set_verbosity(before)


class _Tpe:
    """The tree-structured Parzen estimator, which knows of trials under way (constant liar).

    What it draws is rounded, so each drawn trial is given up, and one with the rounded values put
    in its place: a study that is made anew from run directories is the same.
    """

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._storage, self._ids = optuna.storages.InMemoryStorage(), dict[int, int]()
        with quiet():
            self._study = optuna.create_study(storage=self._storage, direction="maximize")

    def draw(self, number: int, again: int) -> Values:
        """Return the values that the sampler asks for."""
        seed = seed_of(self._spec.seed, number, again)
        with quiet():
            self._study.sampler = self._sampler(seed)
            trial = self._study.ask()
            values = suggested(trial, self._spec.space)
            self._study.tell(trial, state=TrialState.FAIL)
        return values

    def _sampler(self, seed: int) -> BaseSampler:
        if self._spec.space.is_conditional:
            return TPESampler(seed=seed, group=True, multivariate=True, constant_liar=True)
        return _WholeSpace(self._spec.space, seed)

    def note(self, number: int, values: Values) -> None:
        """Put a trial that is under way into the study."""
        template = frozen(self._spec.space, values, TrialState.RUNNING)
        study = self._storage.get_study_id_from_name(self._study.study_name)
        self._ids[number] = self._storage.create_new_trial(study, template)

    def tell(self, number: int, told: Told) -> None:
        """Note a trial's score; one that was stopped has the score at its rung."""
        trial = self._ids.pop(number)
        if told.score is None:
            self._storage.set_trial_state_values(trial, TrialState.FAIL)
            return
        if told.step is not None:
            self._storage.set_trial_intermediate_value(trial, told.step, told.score)
        state = TrialState.COMPLETE if told.step is None else TrialState.PRUNED
        self._storage.set_trial_state_values(trial, state, [told.score])


class _WholeSpace(TPESampler):
    """TPE over keys that all trials have: to find that out takes 5 ms near trial 1,000."""

    def __init__(self, space: Space, seed: int) -> None:
        super().__init__(seed=seed, multivariate=True, constant_liar=True)
        every = {key.name: distribution(key) for key in space.keys}
        self._whole = {name: of for name, of in sorted(every.items()) if not of.single()}

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Return all keys that have more than one value."""
        return self._whole


class _CmaEs:
    """CMA-ES, whose state is in its own trials: asked again from the first where it was killed."""

    def __init__(self, spec: Spec) -> None:
        self._spec, self._trials = spec, dict[int, Any]()
        with quiet():
            self._study = optuna.create_study(direction="maximize")

    def draw(self, number: int, again: int) -> Values:
        """Return the values that the sampler asks for; a trial drawn again is given up."""
        with quiet():
            if number in self._trials:
                self._study.tell(self._trials.pop(number), state=TrialState.FAIL)
            self._study.sampler = self._sampler(seed_of(self._spec.seed, number, again))
            trial = self._trials[number] = self._study.ask()
            return suggested(trial, self._spec.space)

    def _sampler(self, seed: int) -> BaseSampler:
        return CmaEsSampler(seed=seed, warn_independent_sampling=False, with_margin=False)

    def note(self, number: int, values: Values) -> None:
        """Need nothing more: the trial drawn is under way."""

    def tell(self, number: int, told: Told) -> None:
        """Note a trial's score; one that was stopped counts with that at its rung."""
        if number not in self._trials:  # one that the sweep began with
            return
        with quiet():
            trial = self._trials.pop(number)
            if told.score is None:
                self._study.tell(trial, state=TrialState.FAIL)
            else:
                self._study.tell(trial, told.score)


def frozen(space: Space, values: Values, state: TrialState, score: float | None = None) -> Any:
    """Return a trial of Optuna's with values of a sweep's."""
    active = [key for key in space.keys if key.name in values]
    # the state, which create_trial refuses while it has to have a value
    trial: FrozenTrial = create_trial(
        state=state,
        value=score,
        params={key.name: coded(key, values[key.name]) for key in active},
        distributions={key.name: distribution(key) for key in active},
    )
    return trial


def study_of(trials: Sequence[FrozenTrial]) -> optuna.Study:
    """Return a study of trials that are over, of which one may be there several times."""
    return optuna.create_study(storage=_Given(trials), direction="maximize")


class _Given(optuna.storages.InMemoryStorage):
    """Trials as they are given: Optuna's own storage takes 0.3 ms to copy each."""

    def __init__(self, trials: Sequence[FrozenTrial]) -> None:
        super().__init__()
        self._given = [copy(trial) for trial in trials]
        for number, trial in enumerate(self._given):
            trial.number = trial._trial_id = number

    def get_all_trials(
        self,
        study_id: int,
        deepcopy: bool = True,
        states: Container[TrialState] | None = None,
    ) -> list[FrozenTrial]:
        """Return all of them, whose state is one."""
        return self._given


def suggested(trial: optuna.Trial, space: Space) -> Values:
    """Return the values of a space that a trial asks for."""
    values: dict[str, Value] = {}
    for key in space.keys:
        if key.is_active(values):
            values[key.name] = decoded(key, _suggested(trial, key.name, distribution(key)))
    return values


def _suggested(trial: optuna.Trial, name: str, of: BaseDistribution) -> Any:
    if isinstance(of, CategoricalDistribution):
        return trial.suggest_categorical(name, of.choices)
    if isinstance(of, IntDistribution):
        return trial.suggest_int(name, of.low, of.high, log=of.log)
    assert isinstance(of, FloatDistribution)
    return trial.suggest_float(name, of.low, of.high, log=of.log)


def distribution(key: Key) -> BaseDistribution:
    """Return a key's values for Optuna: of some their places, of a range with a step likewise."""
    domain = key.domain
    if isinstance(domain, Choices):
        places: Sequence[int] = range(domain.count)
        return (
            IntDistribution(0, domain.count - 1)
            if domain.is_ordered
            else CategoricalDistribution(tuple(places))
        )
    if domain.whole and domain.step is None:
        return IntDistribution(int(domain.low), int(domain.high), log=domain.log)
    if domain.count is not None:
        return IntDistribution(0, domain.count - 1)
    return FloatDistribution(domain.low, domain.high, log=domain.log)


def coded(key: Key, value: Value) -> Any:
    """Return a value as its distribution has it."""
    domain = key.domain
    if isinstance(domain, Choices):
        return domain.values.index(value)
    if _is_stepped(domain):
        return round((value - domain.low) / (domain.step or 1))
    return value


def decoded(key: Key, value: Any) -> Value:
    """Return the value that a distribution's stands for."""
    domain = key.domain
    if isinstance(domain, Choices):
        return domain.values[int(value)]
    if _is_stepped(domain):
        return domain.stepped(int(value))
    return domain.rounded(value)


def _is_stepped(domain: Range) -> bool:
    return domain.step is not None
