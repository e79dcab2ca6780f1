"""A table as JSON, CSV or Arrow, for the API and for downloads."""

from __future__ import annotations

from io import BytesIO, StringIO
from typing import Literal
from urllib.parse import quote

import pyarrow as pa
from fastapi.responses import Response

from pipeline.export.spreadsheet_text import defused
from pipeline.show.plain import distinct, to_json, write_csv

Form = Literal["json", "csv", "arrow"]
MEDIA_TYPES: dict[Form, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "arrow": "application/vnd.apache.arrow.stream",
}


def file_answer(
    table: pa.Table, form: Form, name: str | None = None, truncated: bool = False
) -> Response:
    """A table in the form asked for; with a name, as a file to keep."""
    headers = {"X-Truncated": "true" if truncated else "false"}
    if name is not None:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.{form}"
    return Response(_body(table, form, truncated), media_type=MEDIA_TYPES[form], headers=headers)


def _body(table: pa.Table, form: Form, truncated: bool) -> bytes:
    if form == "arrow":
        out = BytesIO()
        with pa.ipc.new_stream(out, table.schema) as writer:
            writer.write_table(table)
        return out.getvalue()
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    if form == "csv":
        text = StringIO()
        text.write("\ufeff")
        safe = (tuple(defused(v) if isinstance(v, str) else v for v in row) for row in rows)
        write_csv(tuple(map(defused, table.schema.names)), safe, text)
        return text.getvalue().encode("utf-8", "surrogatepass")
    names = distinct(tuple(table.schema.names))
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    answer = {"columns": list(names), "truncated": truncated, "rows": objects}
    return to_json(answer).encode()
