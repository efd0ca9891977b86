"""Training on many machines, or in many processes of one: jobs go to the workers of a Dask cluster.

connection.py finds the workers, pool.py hands out jobs, crew.py has the runs under way, line.py
talks to the workers, remote_run.py writes a run's directory, on the head alone. On a worker,
worker.py has the functions that are sent, station.py what its runs share, errand.py one run,
copies.py the data that came, cores.py the cores it keeps to. No file system is shared. Nothing else
imports Dask.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.cluster.connection import Where, cluster
    from mlpcli.cluster.pool import Pool
    from mlpcli.cluster.security import TlsFiles
else:
    __getattr__, __dir__ = lazy_exports(__name__)
