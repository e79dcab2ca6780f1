"""`python -m bench.nightly [DOCUMENTS]`: what the nightly run costs on this machine.

Nothing else should run meanwhile; shares and ratios say more than seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.generate import write
from bench.queries import ask, grow

FEW, MANY = 1_000, 10_000
QUERY_DOCUMENTS = 1_000  # whose rows are multiplied to ten million indicators


def measured(folder: Path, output: Path, workers: int) -> dict[str, Any]:
    """One run in a process of its own, with the seconds of the whole process."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "bench.nightly_run", str(folder), str(output), str(workers)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result | {"process": time.perf_counter() - began}


def report(name: str, run: dict[str, Any]) -> None:
    """One line a run."""
    rate = run["documents"] / run["process"]
    reading = run["read"] / run["reading"] if run["read"] else 0
    print(
        f"{name:<34}{run['process']:8.2f} s {rate:8.0f}/s   reading {reading:5.0f}/s"
        f"   reconcile {run['reconcile']:6.2f} s   publish {run['publish']:5.2f} s"
        f"   driver {run['driver_mb']:5.0f} MB   worker {run['worker_mb']:4.0f} MB",
        flush=True,
    )


def main(many: int) -> None:
    """Generate, ingest, ingest again, ask."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        write(place / "few", FEW)
        write(place / "many", many)
        few = measured(place / "few", place / "out-few", 2)
        report(f"{FEW} documents, 2 workers", few)
        one = measured(place / "many", place / "out-one", 1)
        report(f"{many} documents, 1 worker", one)
        two = measured(place / "many", place / "out-two", 2)
        report(f"{many} documents, 2 workers", two)
        again = measured(place / "many", place / "out-two", 2)
        report("the same again, unchanged", again)
        print(f"two workers read {one['reading'] / two['reading']:.2f} times as fast as one")
        share = 100 * again["process"] / two["process"]
        print(f"the unchanged run takes {share:.1f} % of the first")
        print(f"driver memory grows {two['driver_mb'] / few['driver_mb']:.2f} times")
        rows = grow(place / "out-few" / "jixiao.duckdb", place / "grown.duckdb")
        print(f"{rows} indicators:")
        for name, seconds in ask(place / "grown.duckdb"):
            print(f"  {name:<40}{seconds:6.3f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
