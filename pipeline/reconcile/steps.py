"""What reconciling is made of: steps that make tables for one another, done side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import duckdb

Work = Callable[[duckdb.DuckDBPyConnection], None]
_TABLE = re.compile(r"\s*CREATE TABLE (\w+) AS\b")


@dataclass(frozen=True, slots=True)
class Step:
    """Work that makes what is named, once all that it reads has been made.

    What no step makes is there already. Several steps may add to one table; who reads it waits for
    all of them. Of what it makes, `passing` are tables that only other steps read.
    """

    makes: tuple[str, ...]
    reads: tuple[str, ...]
    work: Work
    passing: tuple[str, ...] = ()


def table_step(statement: str, *reads: str) -> Step:
    """The step that makes the table of a CREATE statement.

    >>> table_step("CREATE TABLE totals AS SELECT sum(amount) FROM money", "money").makes
    ('totals',)
    """
    match = _TABLE.match(statement)
    if match is None:
        raise ValueError(f"no CREATE TABLE: {statement[:60]}")

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute(statement)

    return Step((match[1],), reads, work, (match[1],))


def steps_for(steps: Sequence[Step], names: Collection[str]) -> tuple[Step, ...]:
    """The steps that make what is named, and those that these need, in their order.

    >>> a, b, c = (Step((make,), read, print) for make, read in zip("abc", ["", "a", "a"]))
    >>> [step.makes for step in steps_for([a, b, c], ["c"])]
    [('a',), ('c',)]
    """
    wanted = set(names)
    kept: set[int] = set()
    for place in reversed(range(len(steps))):  # who reads stands after who makes
        if wanted.intersection(steps[place].makes):
            wanted.update(steps[place].reads)
            kept.add(place)
    return tuple(step for place, step in enumerate(steps) if place in kept)


def perform(
    steps: Iterable[Step], cursors: Sequence[duckdb.DuckDBPyConnection], tidy: bool = False
) -> None:
    """Do all steps, as many at a time as there are cursors; the first that may run goes first.

    To be `tidy` is to drop passing tables when no step is left that reads them; who makes none goes
    first then, so that few of them lie in memory at a time.
    """
    waiting = list(steps)
    idle = list(cursors)
    running: dict[Future[None], tuple[Step, duckdb.DuckDBPyConnection]] = {}
    passing: set[str] = set()
    with ThreadPoolExecutor(len(idle)) as threads:
        while True:
            left = [*waiting, *(step for step, _ in running.values())]
            passed = passing.difference(*(step.makes + step.reads for step in left))
            for name in sorted(passed):
                idle[-1].execute(f"DROP TABLE {name}")
            passing -= passed
            if not left:
                return
            unmade = {name for step in left for name in step.makes}
            ready = [step for step in waiting if unmade.isdisjoint(step.reads)]
            if tidy:
                ready.sort(key=lambda step: bool(step.passing))
            for step in ready[: len(idle)]:
                waiting.remove(step)
                cursor = idle.pop()
                running[threads.submit(step.work, cursor)] = (step, cursor)
                passing.update(step.passing if tidy else ())
            if not running:
                raise ValueError(f"steps wait for each other: {sorted(unmade)}")
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                idle.append(running.pop(future)[1])
                future.result()
