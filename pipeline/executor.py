"""Reading many sources: in this process when they are few and plain, else in worker processes.

Native parsers do abort, hang and explode. A worker tells which document it begins, so a dead or
overdue worker costs that one document; the rest of its chunk is handed out again.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from pipeline.errors import UserError
from pipeline.reading import Batch, Extract, failed, read_source, reading, to_batch
from pipeline.sources import Content

log = logging.getLogger(__name__)

CHUNK_DOCUMENTS = 32
CHUNK_BYTES = 4 << 20
IN_PROCESS_DOCUMENTS = 64
IN_PROCESS_BYTES = 2 << 20  # about what one worker reads while a second one starts
IN_MEMORY = "memory://"
HEAD_BYTES = 4096
MEMORY_LIMIT = 4 << 30  # address space of one worker
GARBAGE = (100_000, 20, 50)  # records are many and die together: looking for cycles costs a tenth
DOCUMENT_SECONDS = 120.0
PATIENCE_OF_DEATH = 5.0  # seconds until the kernel tells how a worker ended
PATIENCE_OF_PARENT = 3600.0  # seconds to wait at most before looking at the workers again

STILLBORN_LIMIT = 3  # workers that may die before they begin a document, in one run

NO_WORKER = "无法启动解析进程（内存不足或系统限制），请关闭其他程序或减少 --workers 后再试"
CRASHED = "解析进程异常退出（{signal}），文件可能已损坏或含有异常内容；请用原软件另存后再试"
KILLED = "解析进程被系统终止，多半因为内存不足；请单独处理此文件或拆分后再试"
OVERSPENT = "占用处理器时间超过 {seconds:g} 秒仍未读完，已放弃；请拆分文件或另存后再试"
OVERDUE = "超过 {seconds:g} 秒仍未读完，已放弃；请拆分文件或另存后再试"

Chunk = tuple[Content, ...]


@dataclass(slots=True)
class Worker:
    """A worker process, its end of the pipe, and what it is busy with until when.

    `at` is the number of the document it has begun in its chunk, -1 before the first.
    """

    process: SpawnProcess
    connection: Connection
    chunk: Chunk = ()
    at: int = -1
    begun: float = 0.0
    deadline: float = field(default=float("inf"))


def read_all(
    contents: Sequence[Content],
    extract: Extract,
    version: str,
    workers: int,
    seconds: float = DOCUMENT_SECONDS,
) -> Iterator[Batch]:
    """Batches of all sources read, in no fixed order; every source is in exactly one of them."""
    if not contents:
        return
    if _few_and_plain(contents) or any(_is_of_this_process(content) for content in contents):
        for chunk in chunks(contents, 1):
            yield _read_chunk(chunk, extract, version)
        return
    pool = Pool(extract, version, min(workers, len(contents)), seconds)
    try:
        yield from pool.run(chunks(contents, workers))
    finally:
        pool.close()


def chunks(contents: Sequence[Content], workers: int) -> Iterator[Chunk]:
    """Contents in runs that are worth a message and leave no worker idle at the end.

    >>> [len(chunk) for chunk in chunks([Content(None, "", 1)] * 20, 2)]
    [3, 3, 3, 3, 3, 3, 2]
    """
    most = max(1, min(CHUNK_DOCUMENTS, -(-len(contents) // (4 * workers))))
    chunk: list[Content] = []
    size = 0
    for content in contents:
        if chunk and (len(chunk) == most or size + content.size > CHUNK_BYTES):
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(content)
        size += content.size
    if chunk:
        yield tuple(chunk)


def _few_and_plain(contents: Sequence[Content]) -> bool:
    """Whether no native parser is needed and a worker would take longer to start than to read."""
    return (
        len(contents) <= IN_PROCESS_DOCUMENTS
        and sum(content.size for content in contents) <= IN_PROCESS_BYTES
        and all(_is_plain(content) for content in contents)
    )


def _is_of_this_process(content: Content) -> bool:
    """Whether no other process can see a source: fsspec's files in memory."""
    return isinstance(content.source.path, str) and content.source.path.startswith(IN_MEMORY)


def _is_plain(content: Content) -> bool:
    path = content.source.path
    if isinstance(path, str):
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError:
        return True
    return b"\0" not in head and b"%PDF" not in head and not head.startswith(b"PK")


def _read_chunk(chunk: Chunk, extract: Extract, version: str) -> Batch:
    return to_batch([read_source(content.source, extract) for content in chunk], version)


def work(connection: Connection, extract: Extract, version: str, seconds: float) -> None:
    """A worker's life: chunks in; the number of each document begun, then one batch, out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    _silence()
    _limit_memory()
    gc.set_threshold(*GARBAGE)
    with suppress(EOFError, BrokenPipeError):
        while True:
            results = []
            chunk: Chunk = connection.recv()
            for number, content in enumerate(chunk):
                connection.send(number)
                _limit_time(seconds)
                results.append(read_source(content.source, extract))
            connection.send(to_batch(results, version))


def _silence() -> None:
    """Keep what native parsers print on stderr (stack traces, font warnings) off the terminal."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _limit_memory() -> None:
    import resource

    with suppress(ValueError, OSError):  # not every system has this limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def _limit_time(seconds: float) -> None:
    """Let the kernel end this process if the next document takes more processor time."""
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


class Pool:
    """Worker processes that may die without taking more than one document along."""

    def __init__(self, extract: Extract, version: str, size: int, seconds: float) -> None:
        self._extract = extract
        self._version = version
        self._seconds = seconds
        self._size = size
        self._workers: list[Worker] = []
        self._stillborn = 0

    def run(self, chunks: Iterator[Chunk]) -> Iterator[Batch]:
        """Hand out chunks until all are read."""
        waiting = deque(chunks)
        while waiting or any(worker.chunk for worker in self._workers):
            self._hand_out(waiting)
            busy = [worker for worker in self._workers if worker.chunk]
            patience = min(worker.deadline for worker in busy) - time.monotonic()
            patience = max(0.0, min(patience, PATIENCE_OF_PARENT))
            ready = set(wait([worker.connection for worker in busy], patience))
            for worker in busy:
                if worker.connection in ready:
                    yield from self._hear(worker, waiting)
                elif time.monotonic() >= worker.deadline:
                    yield self._give_up(worker, waiting, OVERDUE.format(seconds=self._seconds))

    def close(self) -> None:
        """Stop all workers at once."""
        for worker in self._workers:
            self._stop(worker)
        self._workers.clear()

    def _hand_out(self, waiting: deque[Chunk]) -> None:
        for worker in self._workers:
            if waiting and not worker.chunk:
                self._begin(worker, waiting.popleft())
        while waiting and len(self._workers) < self._size:
            self._workers.append(self._start())
            self._begin(self._workers[-1], waiting.popleft())

    def _start(self) -> Worker:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=work,
            args=(theirs, self._extract, self._version, self._seconds),
            daemon=True,
        )
        process.start()
        theirs.close()  # so that our end sees end of file when the worker dies
        return Worker(process, ours)

    def _begin(self, worker: Worker, chunk: Chunk) -> None:
        worker.chunk, worker.at, worker.deadline = chunk, -1, float("inf")
        with suppress(BrokenPipeError):  # a worker that died idle is noticed when it is heard
            worker.connection.send(chunk)

    def _hear(self, worker: Worker, waiting: deque[Chunk]) -> Iterator[Batch]:
        try:
            message: int | Batch = worker.connection.recv()
        except (EOFError, ConnectionResetError):
            if worker.at < 0:
                self._restart(worker, waiting)
            else:
                yield self._give_up(worker, waiting, self._cause_of_death(worker))
            return
        if isinstance(message, Batch):
            worker.chunk, worker.deadline = (), float("inf")
            yield message
        else:
            worker.at, worker.begun = message, time.monotonic()
            worker.deadline = worker.begun + self._seconds

    def _restart(self, worker: Worker, waiting: deque[Chunk]) -> None:
        """Hand a chunk out again whose worker died before it began: no document is to blame."""
        self._stillborn += 1
        if self._stillborn > STILLBORN_LIMIT:
            raise UserError(NO_WORKER)
        self._workers.remove(worker)
        self._stop(worker)
        waiting.appendleft(worker.chunk)

    def _give_up(self, worker: Worker, waiting: deque[Chunk], reason: str) -> Batch:
        """Fail the document the worker was at; what it had read before is lost and read again."""
        self._workers.remove(worker)
        self._stop(worker)
        culprit = worker.chunk[worker.at]
        log.warning("%s：%s", culprit.source.uri, reason)
        before, after = worker.chunk[: worker.at], worker.chunk[worker.at + 1 :]
        waiting.extendleft(part for part in (after, before) if part)
        failure = failed(culprit, reason)
        result = reading(culprit, (failure,), time.monotonic() - worker.begun)
        return to_batch([(result, (failure,))], self._version)

    def _cause_of_death(self, worker: Worker) -> str:
        """Why a worker died, from the signal that ended it."""
        worker.process.join(PATIENCE_OF_DEATH)
        code = worker.process.exitcode or 0
        if code == -signal.SIGXCPU:
            return OVERSPENT.format(seconds=self._seconds)
        if code == -signal.SIGKILL:
            return KILLED
        name = signal.Signals(-code).name if code < 0 else f"退出码 {code}"
        return CRASHED.format(signal=name)

    @staticmethod
    def _stop(worker: Worker) -> None:
        worker.process.kill()
        worker.process.join()
        worker.connection.close()


def default_workers() -> int:
    """One worker for each core this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
