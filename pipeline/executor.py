"""Reading many sources: in this process when they are few and plain, else in worker processes.

Native parsers do abort, hang and explode. A worker notes which document it begins, so a dead or
overdue worker costs that one document; the rest of its chunk is handed out again.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from pipeline.errors import UserError
from pipeline.parts import Chunk, Part, Task, read_chunk, save
from pipeline.reading import failed, reading
from pipeline.sources import Content, is_url

log = logging.getLogger(__name__)

CHUNK_DOCUMENTS = 128
CHUNK_BYTES = 4 << 20
IN_PROCESS_DOCUMENTS = 64
IN_PROCESS_BYTES = 2 << 20  # about what one worker reads while a second one starts
IN_MEMORY = "memory://"
HEAD_BYTES = 4096
MEMORY_LIMIT = 4 << 30  # address space of one worker
GARBAGE = (100_000, 20, 50)  # records are many and die together: looking for cycles costs a tenth
DOCUMENT_SECONDS = 120.0
PATIENCE_OF_DEATH = 5.0  # seconds until the kernel tells how a worker ended
STILLBORN_LIMIT = 3  # workers that may die before they begin a document, in one run

NO_WORKER = "无法启动解析进程（内存不足或系统限制），请关闭其他程序或减少 --workers 后再试"
CRASHED = "解析进程异常退出（{signal}），文件可能已损坏或含有异常内容；请用原软件另存后再试"
KILLED = "解析进程被系统终止，多半因为内存不足；请单独处理此文件或拆分后再试"
OVERSPENT = "占用处理器时间超过 {seconds:g} 秒仍未读完，已放弃；请拆分文件或另存后再试"
OVERDUE = "超过 {seconds:g} 秒仍未读完，已放弃；请拆分文件或另存后再试"

NOT_BEGUN = -1.0
Place = MutableSequence[float]  # shared: number in the chunk of the document begun, and since when


@dataclass(slots=True)
class Worker:
    """A worker process, its end of the pipe, where it is in its chunk, and how much is kept."""

    process: SpawnProcess
    connection: Connection
    place: Place
    chunk: Chunk = ()
    kept: int = 0

    def at(self) -> int | None:
        """The number of the document it is at, None between documents."""
        number = int(self.place[0])
        return number if number >= self.kept else None

    def since(self) -> float:
        """When it began that document."""
        return self.place[1] if self.at() is not None else float("inf")


def read_all(contents: Sequence[Content], task: Task, workers: int) -> Iterator[Part]:
    """Parts of all sources read, in no fixed order; every source is in exactly one of them."""
    if not contents:
        return
    if _few_and_plain(contents) or any(_is_of_this_process(content) for content in contents):
        for chunk in chunks(contents, 1):
            yield from read_chunk(chunk, task, lambda number: None)
        return
    pool = Pool(task, min(workers, len(contents)))
    try:
        yield from pool.run(chunks(contents, workers))
    finally:
        pool.close()


def chunks(contents: Sequence[Content], workers: int) -> Iterator[Chunk]:
    """Contents in runs that are worth a message, the last ones short: no worker idles at the end.

    >>> [len(chunk) for chunk in chunks([Content(None, "", 1)] * 20, 2)]
    [5, 4, 3, 2, 2, 1, 1, 1, 1]
    """
    chunk: list[Content] = []
    most = size = 0
    for number, content in enumerate(contents):
        if chunk and (len(chunk) >= most or size + content.size > CHUNK_BYTES):
            yield tuple(chunk)
            chunk, size = [], 0
        if not chunk:
            most = min(CHUNK_DOCUMENTS, -(-(len(contents) - number) // (2 * workers)))
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
    return str(content.source.path).startswith(IN_MEMORY)


def _is_plain(content: Content) -> bool:
    path = content.source.path
    if is_url(path):
        return False
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError:
        return True
    return b"\0" not in head and b"%PDF" not in head and not head.startswith(b"PK")


def work(connection: Connection, place: Place, task: Task) -> None:
    """A worker's life: chunks in, parts out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    _silence()
    _limit_memory()
    gc.set_threshold(*GARBAGE)

    def begin(number: int) -> None:
        place[1] = time.monotonic()  # first: whoever looks in between must not see a time too old
        place[0] = number
        _limit_time(task.seconds)

    with suppress(EOFError, BrokenPipeError):
        while True:
            for part in _parts(connection.recv(), task, begin):
                connection.send(part)


def _parts(chunk: Chunk, task: Task, begin: Callable[[int], None]) -> Iterator[Part | OSError]:
    """The parts of a chunk, or why one cannot be written: no document is to blame for that."""
    try:
        yield from read_chunk(chunk, task, begin)
    except OSError as error:
        yield OSError(error.errno, error.strerror)


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

    def __init__(self, task: Task, size: int) -> None:
        self._task = task
        self._size = size
        self._workers: list[Worker] = []
        self._stillborn = 0

    def run(self, chunks: Iterator[Chunk]) -> Iterator[Part]:
        """Hand out chunks until all are read."""
        waiting = deque(chunks)
        seconds = self._task.seconds
        while waiting or any(worker.chunk for worker in self._workers):
            self._hand_out(waiting)
            busy = [worker for worker in self._workers if worker.chunk]
            oldest = min(min(worker.since() for worker in busy), time.monotonic())
            patience = max(0.0, oldest + seconds - time.monotonic())
            ready = set(wait([worker.connection for worker in busy], patience))
            for worker in busy:
                if worker.connection in ready:
                    yield from self._hear(worker, waiting)
                elif time.monotonic() >= worker.since() + seconds:
                    yield self._give_up(worker, waiting, OVERDUE.format(seconds=seconds))

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
        place: Place = context.RawArray("d", 2)
        process = context.Process(target=work, args=(theirs, place, self._task), daemon=True)
        process.start()
        theirs.close()  # so that our end sees end of file when the worker dies
        return Worker(process, ours, place)

    def _begin(self, worker: Worker, chunk: Chunk) -> None:
        worker.chunk, worker.kept, worker.place[0] = chunk, 0, NOT_BEGUN
        with suppress(BrokenPipeError):  # a worker that died idle is noticed when it is heard
            worker.connection.send(chunk)

    def _hear(self, worker: Worker, waiting: deque[Chunk]) -> Iterator[Part]:
        try:
            message: Part | OSError = worker.connection.recv()
        except (EOFError, ConnectionResetError):
            if worker.at() is None:
                self._restart(worker, waiting)
            else:
                yield self._give_up(worker, waiting, self._cause_of_death(worker))
            return
        if isinstance(message, OSError):
            raise message
        worker.kept += len(message.readings)
        if worker.kept == len(worker.chunk):
            worker.chunk = ()
        yield message

    def _restart(self, worker: Worker, waiting: deque[Chunk]) -> None:
        """Hand out again what a worker had not begun when it died: no document is to blame."""
        self._stillborn += 1
        if self._stillborn > STILLBORN_LIMIT:
            raise UserError(NO_WORKER)
        self._workers.remove(worker)
        self._stop(worker)
        waiting.appendleft(worker.chunk[worker.kept :])

    def _give_up(self, worker: Worker, waiting: deque[Chunk], reason: str) -> Part:
        """Fail the document the worker was at; what it had not kept before is read again."""
        at, begun = int(worker.place[0]), worker.place[1]
        self._workers.remove(worker)
        self._stop(worker)
        culprit = worker.chunk[at]
        log.warning("%s：%s", culprit.source.uri, reason)
        before, after = worker.chunk[worker.kept : at], worker.chunk[at + 1 :]
        waiting.extendleft(part for part in (after, before) if part)
        failure = failed(culprit, reason)
        result = reading(culprit, (failure,), time.monotonic() - begun)
        return save([(result, (failure,))], self._task)

    def _cause_of_death(self, worker: Worker) -> str:
        """Why a worker died, from the signal that ended it."""
        worker.process.join(PATIENCE_OF_DEATH)
        code = worker.process.exitcode or 0
        if code == -signal.SIGXCPU:
            return OVERSPENT.format(seconds=self._task.seconds)
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
