"""Where an output is: a folder of this machine, or a URL with a folder here to work in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.lock import exclusive
from pipeline.release import PARTS
from pipeline.sources import is_url, local_path


@contextmanager
def working(output: str) -> Iterator[tuple[Path, Callable[[str], None]]]:
    """The folder to ingest into, and what to call with the run's id when it is done."""
    if not is_url(output):
        yield local_path(output), lambda run_id: None
        return
    from pipeline.upload import fetch_state, publish_at, target, work_folder

    place, folder = target(output), work_folder(output)
    with exclusive(folder.with_name(f"{folder.name}.upload")):
        fetch_state(place, folder)
        yield folder, lambda run_id: publish_at(place, folder, run_id)


def parts_at(output: str) -> str | None:
    """Where machines that share only a URL leave what they read; None where they share a folder.

    >>> parts_at("s3://bucket/jixiao/"), parts_at("/shared/jixiao")
    ('s3://bucket/jixiao/.parts', None)
    """
    return f"{output.rstrip('/')}/{PARTS}" if is_url(output) else None
