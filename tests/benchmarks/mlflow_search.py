"""Runs in MLflow's SQLite store; asked for a line, time the search for all of them, and the means.

python mlflow_search.py RUNS
"""

import logging
import os
import sys
import tempfile
import time

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
import mlflow
from mlflow.entities import Metric, Param
from synthetic import outcomes_of


def fill(client: mlflow.MlflowClient, experiment: str, runs: int) -> None:
    for config, accuracy in outcomes_of(runs):
        run = client.create_run(experiment).info.run_id
        metrics = [
            Metric(name, accuracy, 0, 0) for name in ("val_accuracy", "test_accuracy", "seconds")
        ]
        params = [Param(key, str(value)) for key, value in config.items()]
        client.log_batch(run, metrics=metrics, params=params)
        client.set_terminated(run)


def main() -> None:
    logging.disable()
    runs = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
        experiment = mlflow.MlflowClient().create_experiment("synthetic")
        fill(mlflow.MlflowClient(), experiment, runs)
        print("ready", flush=True)
        for _ in sys.stdin:
            began = time.perf_counter()
            found = mlflow.search_runs([experiment], max_results=runs)
            keys = ["params.width", "params.learning_rate"]
            found.groupby(keys)["metrics.val_accuracy"].agg(["mean", "std"])
            print(time.perf_counter() - began, flush=True)


main()
