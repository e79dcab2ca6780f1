"""What every page needs: the published tables as they are now, the reviews, and the templates."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import duckdb
import pyarrow as pa
from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from pipeline.errors import UserError
from pipeline.query import PAGE, Limits, Result, run
from pipeline.reviews import Reviews
from pipeline.show.database import DATABASE, open_published, records
from pipeline.web.template import template_environment

Made = TypeVar("Made")
Row = Mapping[str, Any]
Shelf = OrderedDict[object, object]
MOST_CACHED = 512  # answers kept for one release: overviews, page images
MOST_ORDERS = 32  # lists kept in their order: 4 MB each where all of a million findings are chosen
MEMORY = "3GB"  # for this project's own queries: a sort of a million findings needs 1 GB
PROCESSES_AT_ONCE = 2
QUEUE_SECONDS = 15.0


class NotPublished(UserError):
    """Nothing is published under the id that was asked for."""


class Site:
    """One published folder. A new release is noticed by itself, and answers are kept till then."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.reviews = Reviews(output)
        self.templates = Jinja2Templates(env=template_environment())
        self._lock = threading.Lock()
        self._release: Path | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._cache: Shelf = OrderedDict()
        self._orders: Shelf = OrderedDict()
        self._turns = threading.BoundedSemaphore(PROCESSES_AT_ONCE)
        self.connection().close()  # so that a folder without results is told at once

    def connection(self) -> duckdb.DuckDBPyConnection:
        """A connection of one's own to the release that is published now."""
        with self._lock:
            release = (self.output / DATABASE).resolve()
            if self._connection is None or release != self._release:
                self._connection = open_published(self.output, MEMORY)
                self._release = release
                self._cache.clear()
                self._orders.clear()
            return self._connection.cursor()

    def records(self, sql: str, parameters: Mapping[str, object] | None = None) -> tuple[Row, ...]:
        """All rows of one of this project's own queries."""
        with self.connection() as connection:
            return records(connection, sql, parameters)

    def record(self, sql: str, parameters: Mapping[str, object], what: str) -> Row:
        """The only row of a query, or NotPublished."""
        found = self.records(sql, parameters)
        if not found:
            raise NotPublished(f"没有这{what}：{next(iter(parameters.values()))}")
        return found[0]

    def cached(self, key: object, make: Callable[[], Made]) -> Made:
        """An answer that only depends on the release."""
        return self._kept(self._cache, MOST_CACHED, key, make)

    def places(self, sql: str, parameters: Mapping[str, object]) -> pa.ChunkedArray:
        """The row numbers that a query gives, kept so that every page of a list is quick."""

        def ask() -> pa.ChunkedArray:
            with self.connection() as connection:
                return connection.sql(sql, params=dict(parameters)).to_arrow_table().column(0)

        return self._kept(self._orders, MOST_ORDERS, (sql, repr(sorted(parameters.items()))), ask)

    def _kept(self, shelf: Shelf, most: int, key: object, make: Callable[[], Made]) -> Made:
        self.connection().close()  # a new release empties the shelves
        with self._lock:
            if key in shelf:
                shelf.move_to_end(key)
                return cast(Made, shelf[key])
        made = make()
        with self._lock:
            shelf[key] = made
            if len(shelf) > most:
                shelf.popitem(last=False)
        return made

    def query(self, sql: str, limits: Limits = PAGE) -> Result:
        """The answer to a stranger's SELECT; only so many run at once."""
        with self.turn():
            return run(self.output, sql, limits)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One of the few places for work in a process of its own."""
        if not self._turns.acquire(timeout=QUEUE_SECONDS):
            raise UserError("正在处理的请求太多，请稍后再试")
        try:
            yield
        finally:
            self._turns.release()

    def page(
        self, request: Request, template: str, status: int = 200, /, **values: Any
    ) -> HTMLResponse:
        """A page from its template."""
        return self.templates.TemplateResponse(request, template, values, status_code=status)
