"""Whether a published folder is whole: every file with its bytes, hash and rows, nothing beside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.datapackage import PACKAGE, Json, fingerprint, read_datapackage
from pipeline.errors import UserError
from pipeline.release import PUBLISHED
from schemas.column_types import quoted
from schemas.tables import TABLES

DATABASE = "jixiao.duckdb"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one file of a published folder."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How many files were looked at, and what is wrong with them."""

    files: int
    rows: int
    faults: tuple[Fault, ...]


def verify(folder: Path) -> Verified:
    """Compare a published folder with its own description."""
    if not (folder / PACKAGE).is_file():
        raise UserError(f"“{folder}”里没有 {PACKAGE}，不是发布的结果")
    try:
        resources = read_datapackage(folder)["resources"]
        named = {str(each["path"]): each for each in resources}
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise UserError(f"{PACKAGE} 已损坏，无法核对：{error}") from error
    faults = [fault for name, each in named.items() for fault in _file(folder / name, name, each)]
    faults += _unnamed(folder, named)
    if not faults:
        faults += _database(folder, named)
    rows = sum(int(each.get("rows", 0)) for each in resources)
    return Verified(len(named), rows, tuple(faults))


def _file(path: Path, name: str, said: Json) -> Iterator[Fault]:
    if not path.is_file():
        yield Fault(name, "文件不见了")
        return
    found = fingerprint(path)
    if found["bytes"] != said["bytes"]:
        yield Fault(name, f"大小是 {found['bytes']} 字节，应为 {said['bytes']} 字节")
    elif found["hash"] != said["hash"]:
        yield Fault(name, "内容与记录的哈希值不符")
    elif "rows" in said:
        yield from _parquet(path, name, said)


def _parquet(path: Path, name: str, said: Json) -> Iterator[Fault]:
    try:
        metadata = pq.read_metadata(path)
    except pa.ArrowInvalid as error:
        yield Fault(name, f"不是完整的 Parquet 文件：{error}")
        return
    if metadata.num_rows != said["rows"]:
        yield Fault(name, f"有 {metadata.num_rows} 行，应为 {said['rows']} 行")
    columns = [field["name"] for field in said["schema"]["fields"]]
    if metadata.schema.to_arrow_schema().names != columns:
        yield Fault(name, "列与记录的不同")


def _unnamed(folder: Path, named: dict[str, Json]) -> Iterator[Fault]:
    """Files among the published ones that the description does not name."""
    for top in PUBLISHED:
        place = folder / top
        files = sorted(place.rglob("*")) if place.is_dir() else []
        for path in files:
            name = path.relative_to(folder).as_posix()
            if path.is_file() and name not in named:
                yield Fault(name, "没有登记在 datapackage.json 中")


def _database(folder: Path, named: dict[str, Json]) -> Iterator[Fault]:
    """Tables of the database that have not as many rows as their files."""
    try:
        with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
            for spec in TABLES:
                said = sum(each["rows"] for each in named.values() if _is_of(each, spec.name))
                query = f"SELECT count(*) FROM {quoted(spec.name)}"
                ((found,),) = connection.execute(query).fetchall()
                if found != said:
                    yield Fault(DATABASE, f"表 {spec.name} 有 {found} 行，应为 {said} 行")
    except duckdb.Error as error:
        yield Fault(DATABASE, f"打不开：{str(error).splitlines()[0]}")


def _is_of(resource: Json, table: str) -> bool:
    return str(resource["path"]).startswith(f"tables/{table}.parquet")
