"""Tasks and what follows from them, on any executor, which may lose its workers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """A call to make in a worker, and what follows from its result, its error, or the death of its worker."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    then: Callable[[Any], Sequence[Task]]
    failed: Callable[[Exception], Sequence[Task]]


class WorkerDiedError(Exception):
    """The process that ran a task ended without a word: a crash in native code, or no memory left."""


def drive(start: Callable[[], Executor], tasks: Iterator[Task], width: int) -> None:
    """Run tasks and what follows from them, never more than ``width`` at once; what follows goes first.

    When a worker dies, all calls under way are lost, and none is known to be guilty. They are made again one
    by one on a new executor from ``start``, so that the guilty one is found: it fails with WorkerDiedError.
    """
    executor = start()
    running: dict[Future[Any], Task] = {}
    suspects: deque[Task] = deque()
    ready: deque[Task] = deque()
    try:
        while True:
            alone = bool(suspects)
            while len(running) < (1 if alone else width):
                task = suspects.popleft() if suspects else None if alone else _next(ready, tasks)
                if task is None:
                    break
                running[executor.submit(task.function, *task.arguments)] = task
            if not running:
                executor.shutdown()
                return
            done = wait(running, return_when=FIRST_COMPLETED).done
            while done:
                future = done.pop()
                task = running.pop(future)
                error = future.exception()
                if isinstance(error, BrokenExecutor):
                    lost = [task, *running.values()]
                    running.clear()
                    executor.shutdown(wait=False, cancel_futures=True)
                    executor = start()
                    if len(lost) == 1:
                        ready.extend(task.failed(WorkerDiedError()))
                    else:
                        suspects.extend(lost)
                    break
                if isinstance(error, Exception):
                    ready.extend(task.failed(error))
                elif error is not None:
                    raise error
                else:
                    ready.extend(task.then(future.result()))
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        raise


def _next(ready: deque[Task], tasks: Iterator[Task]) -> Task | None:
    return ready.popleft() if ready else next(tasks, None)
