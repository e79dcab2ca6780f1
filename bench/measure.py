"""One measurement in a process of its own: time, memory, and what was read.

The child loads code and glossary with a small file first, so that time is reading and not
importing; it reads its own peak of memory, which a parent sees only for all its children together.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.readers import READERS

ROOT = Path(__file__).resolve().parent.parent
STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One reading of one file by one reader."""

    seconds: float
    peak_megabytes: float | None  # None where the system does not say
    found: str


def measure(reader: int, file: Path, warm_up: Path) -> Measurement:
    """Read a file in a fresh process."""
    command = [sys.executable, "-m", "bench.measure", str(reader), str(file), str(warm_up)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return Measurement(*json.loads(done.stdout.splitlines()[-1]))


def peak_megabytes() -> float | None:
    """The most memory this process has held since it began."""
    if not STATUS.exists():
        return None
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Read in this process and print the figures as JSON."""
    reader, file, warm_up = sys.argv[1:]
    read = READERS[int(reader)].read
    read(Path(warm_up).read_bytes())
    data = Path(file).read_bytes()
    gc.collect()
    began = time.perf_counter()
    found = read(data)
    seconds = time.perf_counter() - began
    print(json.dumps([seconds, peak_megabytes(), found]))


if __name__ == "__main__":
    main()
