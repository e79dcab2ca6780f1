"""`datapackage.json`: Data Package v2 with every file's bytes, hash, rows and columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from schemas.column_types import ValueType
from schemas.tables import TABLES, ColumnSpec, TableSpec
from schemas.version import VERSION, content_hash, extractor_version, glossary_version

PACKAGE_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE_PROFILE = "https://datapackage.org/profiles/2.0/dataresource.json"
SCHEMA_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
PACKAGE = "datapackage.json"
ROOT = Path(__file__).resolve().parent.parent
CHECKS = ROOT / "pipeline" / "reconcile"

FIELD_TYPES = (
    ("VARCHAR", "string"),
    ("BOOLEAN", "boolean"),
    ("INTEGER", "integer"),
    ("BIGINT", "integer"),
    ("DOUBLE", "number"),
    ("DATE", "date"),
    ("TIMESTAMP", "datetime"),
)

Json = dict[str, Any]  # what the standard asks for


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Bytes and hash of the files of a release; a file shared with the last one is known there."""

    release: Path
    last: Path | None
    known: Json

    def of(self, name: str) -> Json:
        """Bytes and hash of one file."""
        path = self.release / name
        if self.last is not None and name in self.known and path.samefile(self.last / name):
            return {key: self.known[name][key] for key in ("bytes", "hash")}
        return fingerprint(path)


def write_datapackage(release: Path, last: Path | None = None) -> None:
    """Describe the files of a release, which must all be there; `last` may share some of them."""
    known = read_datapackage(last)["resources"] if last is not None else []
    prints = Fingerprints(release, last, {each["path"]: each for each in known})
    resources = [each for spec in TABLES for each in _table(prints, spec)]
    package: Json = {
        "$schema": PACKAGE_PROFILE,
        "name": "jixiao",
        "title": "绩效自评数据",
        "version": VERSION,
        "git_sha": git_sha(),
        "extractor_version": extractor_version(),
        "glossary_version": glossary_version(),
        "checks_version": content_hash(CHECKS),
        "resources": [*resources, _database(prints)],
    }
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    (release / PACKAGE).write_text(text, encoding="utf-8")


def read_datapackage(release: Path) -> Json:
    """The description of a release."""
    package: Json = json.loads((release / PACKAGE).read_text(encoding="utf-8"))
    return package


def git_sha(root: Path = ROOT) -> str | None:
    """The commit of the checkout this code runs from, None where it is installed without one."""
    try:
        head = (root / ".git" / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head
        reference = head.removeprefix("ref: ")
        path = root / ".git" / reference
        if path.is_file():
            return path.read_text(encoding="ascii").strip()
        packed = (root / ".git" / "packed-refs").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((line.split()[0] for line in packed if line.endswith(f" {reference}")), None)


def _table(prints: Fingerprints, spec: TableSpec) -> Iterator[Json]:
    """One resource a file: a table may be a directory of parts."""
    tables = prints.release / "tables"
    whole = tables / f"{spec.name}.parquet"
    parts = [whole] if whole.is_file() else sorted(whole.rglob("*.parquet"))
    for number, path in enumerate(parts):
        yield {
            "$schema": RESOURCE_PROFILE,
            "name": spec.name if len(parts) == 1 else f"{spec.name}-{number}",
            "title": spec.chinese,
            "description": spec.meaning,
            "type": "table",
            "path": path.relative_to(prints.release).as_posix(),
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            **prints.of(path.relative_to(prints.release).as_posix()),
            "rows": pq.read_metadata(path).num_rows,
            "schema": {"$schema": SCHEMA_PROFILE, "fields": [_field(c) for c in spec.columns]},
        }


def _database(prints: Fingerprints) -> Json:
    return {
        "$schema": RESOURCE_PROFILE,
        "name": "database",
        "title": "全部表与中文视图",
        "description": "The same tables in one DuckDB file, with views under Chinese names.",
        "path": "jixiao.duckdb",
        "format": "duckdb",
        "mediatype": "application/vnd.duckdb",
        **prints.of("jixiao.duckdb"),
    }


def fingerprint(path: Path) -> Json:
    """Bytes and hash of a file."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "hash": f"sha256:{digest}"}


def _field(column: ColumnSpec) -> Json:
    field: Json = {
        "name": column.name,
        "title": column.chinese,
        "description": column.meaning,
        "type": field_type(column.type),
        "sql_type": column.sql,
    }
    if not column.nullable:
        field["constraints"] = {"required": True}
    return field


def field_type(kind: ValueType) -> str:
    """The Table Schema type of a column."""
    if kind.kind == "struct":
        return "object"
    if kind.kind in ("list", "array"):
        return "array"
    return next((name for sql, name in FIELD_TYPES if sql == kind.sql), "number")
