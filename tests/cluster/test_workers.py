"""Which worker a run goes to, who is lost, and what is done where there is nobody."""

from typing import Any, cast

import pytest

from mlpcli.cluster import workers as module
from mlpcli.cluster.messages import About, News
from mlpcli.cluster.remote_run import RemoteRun
from mlpcli.cluster.workers import Workers
from mlpcli.config import Config
from mlpcli.errors import RunError
from mlpcli.training import Job

GB = 10**9
SMALL = Config(name="a", layers=2, width=8, learning_rate=0.1, steps=9, batch_size=1)
WIDE = SMALL.model_copy(update={"width": 2000, "batch_size": 500})  # keeps all cores busy


class Run:
    """A run of which nothing but its config counts."""

    def __init__(self, config: Config) -> None:
        self.job = Job.of(config)


def run(config: Config = SMALL) -> RemoteRun:
    return cast(RemoteRun, Run(config))


def about(host: str, cores: int = 2, **values: Any) -> About:
    said = {"memory": 16 * GB, "gpus": (), "info": {}, **values}
    return About(f"station of {host}", host, cores, **said)


def workers_of(*machines: About, most: int | None = None) -> Workers:
    workers = Workers(most)
    workers.see({each.host: News("", {}) for each in machines})
    for each in machines:
        assert workers.made_ready(each.host, each) == ""
    return workers


def placed(workers: Workers, *configs: Config) -> list[str | None]:
    """Place runs one after the other; return where each went."""
    places = []
    for config in configs:
        worker = workers.place_for(config)
        places.append(worker and worker.address)
        if worker:
            worker.runs[f"{len(workers.runs)}"] = run(config)
    return places


def test_runs_go_to_the_emptiest_until_all_cores_are_taken() -> None:
    workers = workers_of(about("a"), about("b", cores=4))
    assert placed(workers, *[SMALL] * 7) == ["a", "b", "b", "a", "b", "b", None]
    assert not workers.is_open()


def test_a_network_that_keeps_all_cores_busy_is_alone_on_its_worker() -> None:
    workers = workers_of(about("a"), about("b"))
    assert placed(workers, WIDE, SMALL, WIDE, SMALL, SMALL) == ["a", "b", None, "b", None]


def test_workers_that_have_a_share_of_their_machine_have_it_from_the_first_on() -> None:
    own = [about("a", cores=2, shares=3)._replace(station=f"{nth}") for nth in range(3)]
    workers = Workers(None)
    workers.see({"0": News("0", {}), "1": News("1", {})})
    assert workers.made_ready("0", own[0]) == ""
    assert placed(workers, *[SMALL] * 3) == ["0", "0", None]
    assert workers.made_ready("1", own[1]) == ""
    assert placed(workers, *[SMALL] * 3) == ["1", "1", None]


def test_most_is_of_all_workers_together() -> None:
    workers = workers_of(about("a"), about("b"), most=3)
    assert placed(workers, *[SMALL] * 4) == ["a", "b", "a", None]


def test_a_gpu_has_one_run_at_a_time() -> None:
    assert placed(workers_of(about("a", gpus=("gpu",))), SMALL, SMALL) == ["a", None]


def test_memory_is_the_worker_s() -> None:
    workers = workers_of(about("a", cores=8, memory=9 * 10**8), about("b", cores=8))
    wide = SMALL.model_copy(update={"width": 1000})
    assert placed(workers, wide, wide, wide) == ["a", "b", "b"]


def test_processes_on_one_machine_share_its_cores() -> None:
    workers = Workers(None)
    workers.see({"one": News("", {}), "other": News("", {})})
    for address in ("one", "other"):
        workers.made_ready(address, about("host"))
    assert placed(workers, SMALL, SMALL, SMALL) == ["one", "other", None]


def test_of_two_that_are_alike_it_goes_where_its_like_was_compiled() -> None:
    from mlpcli.config import structure

    workers = workers_of(about("a"), about("b"))
    found = workers.place_for(SMALL)
    assert found
    assert found.address == "a"
    found.trained.add(structure(WIDE))
    assert placed(workers, SMALL) == ["a"]
    workers = workers_of(about("a"), about("b"))
    list(workers._ready.values())[1].trained.add(structure(SMALL))
    assert placed(workers, SMALL) == ["b"]


def test_one_that_does_not_answer_or_is_another_process_is_lost() -> None:
    workers = workers_of(about("a"), about("b"), about("c"))
    news = {"a": News("station of a", {}), "b": News("another", {}), "d": News("", {})}
    new, lost = workers.see(news)
    assert new == ["b", "d"]
    assert [each.address for each in lost] == ["b", "c"]
    assert workers.see({**news, "a": OSError("busy")}) == ([], [])  # it is there all the same


def test_where_nobody_can_train_it_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = Workers(None)
    workers.require_any()  # some may come
    workers.see({"a": News("", {})})
    assert workers.made_ready("a", "no TensorFlow") == "worker a cannot train: no TensorFlow"
    with pytest.raises(RunError, match=r"^worker a cannot train: no TensorFlow$"):
        workers.require_any()
    monkeypatch.setattr(module, "NOBODY_SECONDS", -1.0)
    with pytest.raises(RunError, match=r"^no worker is left"):
        Workers(None).require_any()
