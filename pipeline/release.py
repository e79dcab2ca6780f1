"""The output folder: every run's tables in a directory of their own, and one link that says which.

    output/.releases/<run_id>/{tables/, jixiao.duckdb, datapackage.json}
    output/.current -> .releases/<run_id>          replaced in one step
    output/tables -> .current/tables               and so on: never change

Whoever reads sees one run's tables or the next one's, never a mixture. The release before the
current one stays for readers that still have it open.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import UserError

RELEASES = ".releases"
CURRENT = ".current"
UNFINISHED = ".unfinished"
PARTS = ".parts"  # what workers of a cluster hand over
PUBLISHED = ("tables", "jixiao.duckdb", "datapackage.json")


@contextmanager
def fresh_release(output: Path, run_id: str) -> Iterator[Path]:
    """A new directory that becomes the published one if the block ends without an exception."""
    releases = output / RELEASES
    releases.mkdir(exist_ok=True)
    for leftover in releases.glob(f"*{UNFINISHED}"):
        shutil.rmtree(leftover)
    fresh = releases / f"{run_id}{UNFINISHED}"
    fresh.mkdir()
    try:
        yield fresh
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    sync(fresh)
    fresh.rename(releases / run_id)
    sync_directory(releases)
    switch(output, run_id)
    prune(output, run_id)


def current_release(output: Path) -> Path:
    """The directory of the published release."""
    return (output / CURRENT).resolve()


def is_current(output: Path, run_id: str) -> bool:
    """Whether the release of a run is the published one and has all its files."""
    release = output / RELEASES / run_id
    return current_release(output) == release.resolve() and all(
        (release / name).exists() for name in PUBLISHED
    )


def switch(output: Path, run_id: str) -> None:
    """Make a complete release the published one."""
    replace_link(output / CURRENT, f"{RELEASES}/{run_id}")
    for name in PUBLISHED:
        if not (output / name).is_symlink():
            replace_link(output / name, f"{CURRENT}/{name}")
    sync_directory(output)


def replace_link(link: Path, target: str) -> None:
    """Point `link` to `target` in one step, whether it exists or not."""
    fresh = link.with_name(f"{link.name}{UNFINISHED}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def prune(output: Path, run_id: str) -> None:
    """Delete all releases but the current one and the newest before it."""
    names = sorted(path.name for path in (output / RELEASES).iterdir() if path.name != run_id)
    for name in names[:-1]:
        shutil.rmtree(output / RELEASES / name)


def sync(directory: Path) -> None:
    """Write every file below `directory` to the disk, then the directories that name them."""
    for folder, _, names in os.walk(directory, topdown=False):
        for name in names:
            with (Path(folder) / name).open("rb") as stream:
                os.fsync(stream.fileno())
        sync_directory(Path(folder))


def sync_directory(directory: Path) -> None:
    """Write a directory's entries to the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def refuse_foreign_files(output: Path) -> None:
    """Complain about files of others where the links to the release must stand."""
    for name in PUBLISHED:
        path = output / name
        if path.exists() and not path.is_symlink():
            raise UserError(f"“{path}”已存在且不是本程序建立的，请移走后再试，或换一个输出目录")
