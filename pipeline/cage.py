"""A process of its own for whatever a stranger may steer: limits inside, a hard kill from outside.

DuckDB and the PDF library can be made to eat memory, run for ever or abort; none of it may happen
in a server. The child limits itself before it looks at its request; the parent kills it when it is
overdue.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 1.5  # for a child to stop by itself and say why; starting it takes half a second
STATM = Path("/proc/self/statm")


@dataclass(slots=True)
class Child:
    """A running process: what it writes, and whether it had to be killed for being late."""

    process: subprocess.Popen[bytes]
    output: IO[bytes]
    late: threading.Event = field(default_factory=threading.Event)

    def kill(self) -> None:
        """End the process at once, as overdue."""
        self.late.set()
        self.process.kill()


@contextmanager
def caged(module: str, request: bytes, seconds: float | None) -> Iterator[Child]:
    """Run `python -m module` on a request from its stdin; it is dead when the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    assert process.stdin is not None and process.stdout is not None  # both are pipes, see above
    child = Child(process, process.stdout)
    timer = None if seconds is None else threading.Timer(seconds + GRACE_SECONDS, child.kill)
    if timer is not None:
        timer.daemon = True
        timer.start()
    try:
        with suppress(BrokenPipeError):  # a child that died at once is noticed by its output
            process.stdin.write(request)
            process.stdin.close()
        yield child
    finally:
        if timer is not None:
            timer.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


def _environment() -> dict[str, str]:
    """What a child needs to start, and nothing else of the parent's environment."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}


def limit_this_process(memory: int, cpu_seconds: float | None) -> None:
    """From now on: so many more bytes of address space, so much CPU time, no file, no core dump."""
    import resource

    limits = [(resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)]
    if STATM.exists():
        in_use = int(STATM.read_text().split()[0]) * resource.getpagesize()
        limits.append((resource.RLIMIT_AS, in_use + memory))
    if cpu_seconds is not None:
        limits.append((resource.RLIMIT_CPU, int(cpu_seconds) + 1))
    for limit, amount in limits:
        with suppress(ValueError, OSError):  # not every system has every limit
            resource.setrlimit(limit, (amount, amount))
