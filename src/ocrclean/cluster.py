"""The only module that knows dask.distributed: an executor on the workers of a running cluster."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import TYPE_CHECKING, Any

from ocrclean.errors import OutputError, UsageError
from ocrclean.schedule import WorkerDiedError

if TYPE_CHECKING:
    from distributed import Client

#: Seconds to wait for the scheduler to answer, and for a first worker.
PATIENCE = 15


class Cluster(Executor):
    """Calls made by the workers of a cluster, whose client is closed when this is shut down.

    The cluster's own futures are let go as soon as they are done: what a client still holds is made again when the
    worker that made it dies.
    """

    def __init__(self, client: Client, workers: int) -> None:
        self.workers = workers
        self._client = client
        self._executor: Executor = client.get_executor(pure=False)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as the base
        """Have a call made; it fails with WorkerDiedError where one worker after the other died of it, with
        BrokenExecutor where the scheduler is gone."""
        answer: Future[Any] = Future()

        def done(future: Future[Any]) -> None:
            from distributed import KilledWorker

            if future.cancelled():  # by the client, which has given up its scheduler
                answer.set_exception(BrokenExecutor("the scheduler is gone"))
            elif error := future.exception():
                answer.set_exception(WorkerDiedError() if isinstance(error, KilledWorker) else error)
            else:
                answer.set_result(future.result())

        self._executor.submit(fn, *args, **kwargs).add_done_callback(done)
        return answer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for the calls under way; or, without ``wait``, take back those that no worker has begun."""
        self._executor.shutdown(wait)
        self._client.close()


def executor(address: str) -> Cluster:
    """An executor on the cluster whose scheduler is at ``address`` (``tcp://host:8786``).

    Raises UsageError where dask is not installed or a worker has several threads (pdfium reads one document per
    process), OutputError where no scheduler answers or it has no worker.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("--scheduler needs dask", remedy="pip install 'ocrclean[cluster]'") from error
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise OutputError(
            f"no scheduler answers: {error}", remedy="start one with: dask scheduler", path=address
        ) from error
    start = f"dask worker {address} --nthreads 1 --nworkers auto"
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        client.close()
        raise OutputError("the cluster has no worker", remedy=f"start some with: {start}", path=address) from error
    threads = client.nthreads()
    if any(n != 1 for n in threads.values()):
        client.close()
        raise UsageError("a worker of the cluster has more than one thread", remedy=f"start the workers with: {start}")
    return Cluster(client, max(1, len(threads)))
