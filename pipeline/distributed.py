"""Reading on a Dask cluster: the same function, on machines that see the sources and the output.

A task reads one chunk in a process of its own with the same limits as on one machine, and writes
what it read as parts below the output; only their place and a few words a document go through the
scheduler. Dask runs the chunks of a lost worker again elsewhere.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import UserError
from pipeline.executor import Pool, chunks
from pipeline.parts import Chunk, Part, Task
from pipeline.sources import Content, Source, Unopened, identify
from schemas.version import extractor_version

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
CONNECT_SECONDS = 30
LOOKED_AT = 500  # sources of one task that only takes their hash
RETRIES = 2  # of a task that failed; a task whose worker was lost is run again in any case
NOT_REACHED = "连不上调度器“{scheduler}”：{error}"
OTHER_VERSION = "集群上的程序版本（{theirs}）与本机（{ours}）不同，请先统一"
TASK_FAILED = "集群上的任务失败：{error}"
T = TypeVar("T")


def identify_by(scheduler: str, sources: Sequence[Source]) -> tuple[Content | Unopened, ...]:
    """What `identify` says, from the machines of a cluster."""
    groups = [sources[start : start + LOOKED_AT] for start in range(0, len(sources), LOOKED_AT)]
    with _client(scheduler) as client:
        found = {index: each for index, each in _completed(client, _identified, groups, "hash")}
    return tuple(each for index in range(len(groups)) for each in found[index])


def _identified(sources: Sequence[Source]) -> tuple[Content | Unopened, ...]:
    return tuple(identify(sources))


def read_by(scheduler: str, contents: Sequence[Content], task: Task) -> Iterator[Part]:
    """Parts of all contents, read by the workers of a cluster."""
    with _client(scheduler) as client:
        _check_version(client)
        workers = max(1, len(client.scheduler_info()["workers"]))
        work = [(chunk, task) for chunk in chunks(contents, workers)]
        for _, parts in _completed(client, _read_parts, work, "read"):
            yield from parts


def _check_version(client: Any) -> None:
    """Complain about workers whose code or glossary is not ours."""
    ours = extractor_version()
    for theirs in set(client.run(extractor_version).values()):
        if theirs != ours:
            raise UserError(OTHER_VERSION.format(theirs=theirs, ours=ours))


def _library() -> Any:
    try:
        return import_module("distributed")  # an extra, and without types
    except ImportError as error:
        message = "使用 --scheduler 需要额外的组件：请先运行 pip install 'jixiao[distributed]'"
        raise UserError(message) from error


@contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    distributed = _library()
    try:
        client = distributed.Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        reason = str(error) or type(error).__name__
        raise UserError(NOT_REACHED.format(scheduler=scheduler, error=reason)) from error
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        yield client
    except (TimeoutError, distributed.KilledWorker) as error:
        raise UserError(TASK_FAILED.format(error=error)) from error
    finally:
        client.close()


def _completed(
    client: Any, function: Callable[..., T], work: Sequence[Any], key: str
) -> Iterator[tuple[int, T]]:
    """The results of the tasks with their numbers, as they come; none is kept after that."""
    futures = client.map(function, work, pure=False, retries=RETRIES, key=f"jixiao-{key}")
    numbers = {future.key: number for number, future in enumerate(futures)}
    pending = _library().as_completed(futures, loop=client.loop)
    del futures
    for future in pending:
        result = future.result()
        yield numbers[future.key], result
        future.release()


def _read_parts(work: tuple[Chunk, Task]) -> tuple[Part, ...]:
    """Read one chunk in a child of this worker, which may not have children of its own."""
    command = [sys.executable, "-m", "pipeline.distributed"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    done = subprocess.run(
        command, input=pickle.dumps(work), stdout=subprocess.PIPE, env=environment, check=False
    )
    if done.returncode:
        raise RuntimeError(f"exit code {done.returncode}")
    parts: tuple[Part, ...] = pickle.loads(done.stdout)
    return parts


def read_parts(chunk: Chunk, task: Task) -> tuple[Part, ...]:
    """Read a chunk within the limits and write its parts."""
    pool = Pool(task, 1)
    try:
        return tuple(pool.run(iter((chunk,))))
    finally:
        pool.close()


def answer() -> None:
    """Read the chunk on stdin, and say on stdout where its rows are."""
    chunk, task = pickle.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(pickle.dumps(read_parts(chunk, task)))


if __name__ == "__main__":
    from pipeline import distributed as importable  # classes of `__main__` cannot be unpickled

    importable.answer()
