"""`datapackage.json`: Data Package v2 with every file's bytes, hash, rows and columns."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from schemas.column_types import ValueType
from schemas.tables import TABLES, ColumnSpec, TableSpec
from schemas.version import VERSION, content_hash, extractor_version, glossary_version

PACKAGE_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE_PROFILE = "https://datapackage.org/profiles/2.0/dataresource.json"
SCHEMA_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
CHECKS = Path(__file__).resolve().parent / "reconcile"

FIELD_TYPES = (
    ("VARCHAR", "string"),
    ("BOOLEAN", "boolean"),
    ("INTEGER", "integer"),
    ("BIGINT", "integer"),
    ("DOUBLE", "number"),
    ("DATE", "date"),
    ("TIMESTAMP", "datetime"),
)

Json = dict[str, Any]  # what the standard asks for; it is written here and read nowhere


def write_datapackage(release: Path) -> None:
    """Describe the files of a release, which must all be there."""
    package: Json = {
        "$schema": PACKAGE_PROFILE,
        "name": "jixiao",
        "title": "绩效自评数据",
        "version": VERSION,
        "extractor_version": extractor_version(),
        "glossary_version": glossary_version(),
        "checks_version": content_hash(CHECKS),
        "resources": [*(_table(release, spec) for spec in TABLES), _database(release)],
    }
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    (release / "datapackage.json").write_text(text, encoding="utf-8")


def _table(release: Path, spec: TableSpec) -> Json:
    path = f"tables/{spec.name}.parquet"
    return {
        "$schema": RESOURCE_PROFILE,
        "name": spec.name,
        "title": spec.chinese,
        "description": spec.meaning,
        "type": "table",
        "path": path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        **_fingerprint(release / path),
        "rows": pq.read_metadata(release / path).num_rows,
        "schema": {"$schema": SCHEMA_PROFILE, "fields": [_field(c) for c in spec.columns]},
    }


def _database(release: Path) -> Json:
    return {
        "$schema": RESOURCE_PROFILE,
        "name": "database",
        "title": "全部表与中文视图",
        "description": "The same tables in one DuckDB file, with views under Chinese names.",
        "path": "jixiao.duckdb",
        "format": "duckdb",
        "mediatype": "application/vnd.duckdb",
        **_fingerprint(release / "jixiao.duckdb"),
    }


def _fingerprint(path: Path) -> Json:
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
