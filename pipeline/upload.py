"""An output at an fsspec URL: worked on in a folder of this machine, published by one small file.

    <url>/releases/<run_id>/…      tables, jixiao.duckdb and store.duckdb of a run
    <url>/datapackage.json         written last, in one step; its paths say which files are current
    <url>/previous.json            the one before it, whose files stay for readers that have it open

Object stores have no links and no rename, so whoever reads goes by `datapackage.json`. Files that a
run did not change are not sent again: the description goes on naming the earlier run's.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from pipeline.datapackage import PACKAGE, Json, read_datapackage
from pipeline.errors import UserError
from pipeline.release import CURRENT
from pipeline.remote import file_system

RELEASES: Final = "releases"
PREVIOUS: Final = "previous.json"
STORE: Final = "store.duckdb"
UPLOADED: Final = ".uploaded"  # which run's state the folder of this machine holds
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Target:
    """The place an output is published at."""

    url: str
    system: Any
    root: str

    def at(self, name: str) -> str:
        """The path of a file."""
        return f"{self.root.rstrip('/')}/{name}"

    def described(self, name: str = PACKAGE) -> Json | None:
        """A description published there."""
        path = self.at(name)
        if not self.system.exists(path):
            return None
        package: Json = json.loads(self.system.cat_file(path))
        return package


def work_folder(url: str) -> Path:
    """The folder of this machine where an output at a URL is worked on."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "jixiao" / hashlib.sha256(url.encode()).hexdigest()[:16]


def target(url: str) -> Target:
    """The place behind a URL."""
    system, root = file_system(url)
    return Target(url, system, str(root))


def fetch_state(place: Target, folder: Path) -> None:
    """Take over the store of the last run, if another machine or nobody here made it."""
    package = _checked(place, place.described)
    if package is None or _uploaded(folder) == package["run_id"]:
        return
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{STORE}.fetched"
    source = place.at(f"{RELEASES}/{package['run_id']}/{STORE}")
    _checked(place, lambda: place.system.get_file(source, str(fresh)))
    (folder / f"{STORE}.wal").unlink(missing_ok=True)  # belongs to the store that is replaced
    fresh.replace(folder / STORE)
    (folder / UPLOADED).write_text(package["run_id"], encoding="utf-8")


def publish_at(place: Target, folder: Path, run_id: str) -> None:
    """Send what a run made, and then the description that makes it current."""
    release = (folder / CURRENT).resolve()
    package = read_datapackage(release)
    last = _checked(place, place.described)
    sent = {each["hash"]: each["path"] for each in (last or {}).get("resources", ())}

    def send(source: Path, name: str) -> None:
        path = place.at(name)
        place.system.makedirs(path.rpartition("/")[0], exist_ok=True)
        place.system.put_file(str(source), path)

    def send_all() -> None:
        for resource in package["resources"]:
            name = sent.get(resource["hash"])
            if name is None:
                name = f"{RELEASES}/{run_id}/{resource['path']}"
                send(release / resource["path"], name)
            resource["path"] = name
        send(folder / STORE, f"{RELEASES}/{run_id}/{STORE}")
        if last is not None:
            _write(place, PREVIOUS, last)
        _write(place, PACKAGE, package | {"run_id": run_id})
        _prune(place)

    _checked(place, send_all)
    (folder / UPLOADED).write_text(run_id, encoding="utf-8")


def _write(place: Target, name: str, package: Json) -> None:
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    place.system.pipe_file(place.at(name), text.encode())


def _prune(place: Target) -> None:
    """Delete files that neither description names."""
    kept: set[str] = set()
    for package in filter(None, (place.described(), place.described(PREVIOUS))):
        kept |= {place.at(each["path"]).strip("/") for each in package["resources"]}
        kept.add(place.at(f"{RELEASES}/{package['run_id']}/{STORE}").strip("/"))
    for path in place.system.find(place.at(RELEASES)):
        if path.strip("/") not in kept:
            place.system.rm_file(path)


def _uploaded(folder: Path) -> str | None:
    path = folder / UPLOADED
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _checked(place: Target, step: Callable[[], T]) -> T:
    """One exchange with the place, its refusal as one line."""
    try:
        return step()
    except OSError as error:
        raise UserError(f"无法读写“{place.url}”：{error}") from error
