"""Runs on workers that are processes of their own and share no files: the bits of runs here."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from remote_workers import Head, View, Workers, ended_within
from running import info, outcome

from mlpcli.cluster import Pool, Where, cluster
from mlpcli.config import Config
from mlpcli.errors import DivergedError
from mlpcli.runs import describe_environment
from mlpcli.terminal import StoppedError
from mlpcli.terminal import Talk as RealTalk
from mlpcli.training import Job, started, train_many

pytest.importorskip("distributed", reason="not installed: pip install 'mlpcli[cluster]'")
pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def alone(
    configs: list[Config], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """Give the outcomes of the runs on this machine."""
    root = tmp_path_factory.mktemp("alone")
    jobs = [Job.part(config) for config in configs]
    talk = RealTalk(quiet=True, stdout="nothing")
    with started(configs, describe_environment, talk) as session:
        done = [*train_many(jobs, root, session, View())]
    return {job.name: outcome(job.path) for job in done if job.path}


@pytest.fixture(scope="module")
def pool(workers: Workers) -> Iterator[Pool]:
    with cluster(Where(workers.address)) as pool:
        yield pool


def outcomes(jobs: list[Job]) -> dict[str, dict[str, Any]]:
    return {job.name: outcome(job.path) for job in jobs if job.path}


def files(run: Path | None) -> list[str]:
    assert run
    return sorted(path.name for path in run.iterdir())


def test_a_worker_that_is_killed_in_the_middle_changes_no_bit(
    alone: dict[str, dict[str, Any]],
    configs: list[Config],
    pool: Pool,
    workers: Workers,
    tmp_path: Path,
) -> None:
    third, head, view = workers.start_worker(), Head(), View()
    names, jobs = [Job.part(each).name for each in configs], list[Job]()

    def kill() -> None:
        if ended_within(60, lambda: workers.has_checkpoint(third)):
            workers.kill(third)

    def coming() -> Iterator[Job]:
        """Yield them until it is killed: the others may have done them all before it begins."""
        while len(jobs) < len(configs) or killing.is_alive():
            config = configs[len(jobs) % len(configs)]
            jobs.append(Job.part(config.model_copy(update={"name": f"job-{len(jobs)}"})))
            yield jobs[-1]

    killing = threading.Thread(target=kill)
    killing.start()
    done = list(pool.train_many(coming(), tmp_path, head, view))
    killing.join()
    assert workers.processes[third].poll() is not None
    assert sorted(job.name for job in done) == sorted(job.name for job in jobs)
    assert len([*tmp_path.iterdir()]) == len(jobs)
    assert any("is lost: 1 run of its go on elsewhere" in each for each in head.talk.warnings)
    for number, job in enumerate(jobs):
        one, config = alone[names[number % len(names)]], configs[number % len(names)]
        assert job.path
        found = outcome(job.path)
        named = found["config"].replace(f"name: job-{number}\n", f"name: {config.name}\n")
        assert {**found, "config": named} == one
        assert view.steps[job.name] == [row["step"] for row in one["rows"]]  # each is seen once


def test_runs_stop_at_rungs_and_go_on_from_there(
    alone: dict[str, dict[str, Any]], configs: list[Config], pool: Pool, tmp_path: Path
) -> None:
    jobs = [Job.part(configs[0], 333, "the best go on"), Job.part(configs[9], 1, "half go on")]
    list(pool.train_many(jobs, tmp_path, Head(), View()))
    assert [(job.status, job.rung and job.rung.step) for job in jobs] == [
        ("stopped", 333),
        ("stopped", 1),
    ]
    last = [Job.part(job.config, path=job.path) for job in jobs]
    list(pool.train_many(last, tmp_path, Head(), View()))
    assert outcomes(last) == {job.name: alone[job.name] for job in jobs}
    assert len([*tmp_path.iterdir()]) == 2


def test_one_that_diverges_stops_no_other(
    configs: list[Config], pool: Pool, tmp_path: Path
) -> None:
    wild = configs[0].model_copy(update={"learning_rate": 1e30})
    jobs = [Job.part(wild), Job.part(configs[1])]
    list(pool.train_many(jobs, tmp_path, Head(), View()))
    assert [job.status for job in jobs] == ["diverged", "completed"]
    assert isinstance(jobs[0].error, DivergedError)
    assert jobs[0].path
    assert info(jobs[0].path)["status"] == "diverged"
    assert info(jobs[0].path)["error"] == jobs[0].reason == str(jobs[0].error)


def test_the_next_job_is_chosen_when_a_place_is_free_and_by_what_has_ended(
    configs: list[Config], pool: Pool, tmp_path: Path
) -> None:
    ended: list[Job] = []

    def chosen() -> Iterator[Job | None]:
        yield Job.part(configs[0], 100, "of two")
        yield None
        assert [job.status for job in ended] == ["stopped"]
        yield Job.part(configs[0], path=ended[0].path)

    for job in pool.train_many(chosen(), tmp_path, Head(), View(), most=2):
        ended.append(job)
    assert [job.status for job in ended] == ["stopped", "completed"]
    assert ended[0].path == ended[1].path


def test_a_signal_leaves_runs_that_go_on(
    alone: dict[str, dict[str, Any]], configs: list[Config], pool: Pool, tmp_path: Path
) -> None:
    long = [each.model_copy(update={"steps": 10**6, "decay": "constant"}) for each in configs[:3]]
    jobs, head = [Job.part(config) for config in long], Head()

    class Interrupting(View):
        def row(self, job: Job, *_: Any) -> None:
            head.stop.received = 2

    done: list[Job] = []
    with pytest.raises(StoppedError):
        done.extend(pool.train_many(jobs, tmp_path, head, Interrupting()))
    begun = [job for job in jobs if job.begun]
    assert {job.status for job in begun} == {"interrupted"}
    assert begun
    for job in begun:
        assert job.path
        assert info(job.path)["status"] == "interrupted"
        assert [*job.path.glob("checkpoint-*.bin")]
        assert f"mlpcli resume {job.path}" in getattr(job.error, "hint", "")


def test_what_run_json_says_is_of_the_head_but_for_the_machine(
    configs: list[Config], pool: Pool, place: Path, tmp_path: Path
) -> None:
    job = Job.part(configs[0], 50, "one rung")
    list(pool.train_many([job], tmp_path, Head(), View()))
    assert job.path
    said, here = info(job.path), describe_environment()
    for key in ("command", "git", "versions", "environment"):
        assert said[key] == here[key]
    assert said["config"] == configs[0].resolved()
    assert said["data"]["name"] == "penguins.csv"
    assert (job.path / "config.yaml").read_text() == configs[0].to_yaml()
    assert files(job.path) == ["checkpoint-000000050.bin", "config.yaml", "metrics.jsonl",
                               "run.json"]  # fmt: skip
