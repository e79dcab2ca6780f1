"""Makes the inputs, lets every reader read them in turn, prints one table of medians."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.inputs import Input, make_inputs
from bench.measure import Measurement, measure
from bench.readers import READERS

ROUNDS = 5

Rounds = dict[int, list[Measurement]]  # by number of the reader


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        for given in make_inputs(Path(folder)):
            _print(given, _rounds(given))


def _rounds(given: Input) -> Rounds:
    """Side by side: within a round every reader reads once, so a busy machine slows all alike."""
    found: Rounds = {n: [] for n, reader in enumerate(READERS) if reader.format == given.format}
    for turn in range(ROUNDS):
        _tell(f"{given.title}: {turn + 1}/{ROUNDS}")
        file = given.files[turn % len(given.files)]
        for number, measurements in found.items():
            measurements.append(measure(number, file, given.warm_up))
    _tell("")
    return found


def _tell(progress: str) -> None:
    """What is being done, on a terminal, in place of what was said before."""
    if sys.stderr.isatty():
        print(f"\033[K{progress}", end="\r", file=sys.stderr, flush=True)


def _print(given: Input, found: Rounds) -> None:
    table = Table(title=given.title, title_justify="left", title_style="bold")
    table.add_column("reader", no_wrap=True)
    for heading in ("median s", "range", f"{given.unit}/s", "speed to peer", "peak MB"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("found")
    peer = next((n for n in found if READERS[n].is_peer), None)
    for number, measurements in found.items():
        speed = given.amount / _seconds(measurements)
        ratio = "–" if peer is None else _ratio(found[peer], measurements)
        table.add_row(READERS[number].name, *_figures(measurements, f"{speed:,.4g}", ratio))
    Console(width=120).print(table)


def _figures(measurements: list[Measurement], speed: str, ratio: str) -> tuple[str, ...]:
    seconds = [m.seconds for m in measurements]
    peaks = [m.peak_megabytes for m in measurements if m.peak_megabytes is not None]
    return (
        f"{_seconds(measurements):.3f}",
        f"{min(seconds):.3f}–{max(seconds):.3f}",
        speed,
        ratio,
        f"{statistics.median(peaks):.0f}" if peaks else "–",
        measurements[0].found,
    )


def _ratio(peer: list[Measurement], own: list[Measurement]) -> str:
    """How many times as fast as the peer of the same round, in the median round."""
    pairs = zip(peer, own, strict=True)
    return f"{statistics.median(theirs.seconds / ours.seconds for theirs, ours in pairs):.1f}×"


def _seconds(measurements: list[Measurement]) -> float:
    """The median over the rounds."""
    return statistics.median(m.seconds for m in measurements)


if __name__ == "__main__":
    main()
