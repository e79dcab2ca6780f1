"""One ingest at a time for each output folder."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.errors import UserError
from pipeline.sources import reason_of

log = logging.getLogger(__name__)

LOCK_NAME = ".lock"
PATIENCE = 600.0  # seconds to wait for another ingest of the same output
PAUSE = 0.1  # seconds between two attempts


@contextmanager
def exclusive(output: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the output folder (made if missing) for this process; the kernel lets go if it dies."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        stream = (output / LOCK_NAME).open("a+", encoding="utf-8")
    except OSError as error:
        raise UserError(f"无法写入输出目录“{output}”：{reason_of(error)}") from error
    with stream:
        _acquire(stream, output, patience)
        stream.truncate(0)
        stream.write(f"进程 {os.getpid()}（{os.uname().nodename}）")
        stream.flush()
        yield


def _acquire(stream: IO[str], output: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    told = False
    while True:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            stream.seek(0)
            holder = stream.read() or "另一个进程"
            if time.monotonic() >= deadline:
                message = f"输出目录“{output}”正由{holder}写入，请待其结束后再试"
                raise UserError(message) from error
        if not told:
            log.warning("输出目录“%s”正由%s写入，等待其结束……", output, holder)
            told = True
        time.sleep(PAUSE)
