"""A folder under watch: documents are taken when they are complete, which is when they have stopped changing."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from pathlib import Path

from ocrclean import discover
from ocrclean.sources import page_images

#: Seconds for which a file must not have changed before it is taken.
SETTLED = 2.0
#: Seconds after which a folder is looked at even where no change was told, as on network shares.
PATROL = 30.0

#: Size and time of the last change, in nanoseconds, of a file or of each page image of a folder.
_State = tuple[tuple[int, int], ...]


def watch(paths: Sequence[Path], out: Path, group: bool, run: Callable[[Container[Path]], object]) -> None:
    """Call ``run`` with the paths of new and changed documents, for ever; it is left by an exception."""
    import watchfiles

    seen: dict[Path, _State] = {}
    before: dict[Path, _State] = {}
    while True:
        now = {job.path: _state(job.path) for job in discover.jobs(paths, out, group=group)}
        changed = {path for path, state in now.items() if seen.get(path) != state}
        settled = {path for path in changed if before.get(path) == now[path]}
        before = now
        if settled:
            run(settled)
            seen |= {path: now[path] for path in settled}
            continue
        patience = SETTLED if changed else PATROL
        next(watchfiles.watch(*paths, rust_timeout=round(1000 * patience), yield_on_timeout=True))


def _state(path: Path) -> _State:
    try:
        files = (page_images(path) or []) if path.is_dir() else [path]
        return tuple((stat.st_size, stat.st_mtime_ns) for stat in (file.stat() for file in files))
    except OSError:  # gone again: it changes, and is not taken
        return ()
