"""The only module that knows dask.distributed: an executor on the workers of a running cluster."""

from __future__ import annotations

from concurrent.futures import Executor

from ocrclean.errors import OutputError, UsageError

#: Seconds to wait for the scheduler to answer.
PATIENCE = 15


def executor(address: str) -> tuple[Executor, int]:
    """An executor on the cluster whose scheduler is at ``address`` (``tcp://host:8786``), and how many workers it has.

    Raises UsageError where dask is not installed or a worker has several threads (pdfium reads one document per
    process), OutputError where no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("--scheduler needs dask", remedy="pip install 'ocrclean[cluster]'") from error
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
        threads = client.nthreads()
    except (OSError, TimeoutError, ValueError) as error:
        raise OutputError(
            f"no scheduler answers: {error}", remedy="start one with: dask scheduler", path=address
        ) from error
    if any(n != 1 for n in threads.values()):
        client.close()
        raise UsageError(
            "a worker of the cluster has more than one thread",
            remedy="start the workers with: dask worker ADDRESS --nthreads 1 --nworkers auto",
        )
    made: Executor = client.get_executor(pure=False)
    return made, max(1, len(threads))
