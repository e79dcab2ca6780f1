"""Sources on any fsspec URL: `s3://bucket/folder`, `memory://folder`, `https://…`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import UserError
from pipeline.sources import LOCK_FILES, Source

S3_SCHEMES = ("s3", "s3a")
STAMPS = ("ETag", "etag", "md5Hash", "LastModified", "last_modified", "mtime", "created")
NOT_INSTALLED = "读写 {url} 需要额外的组件：请先运行 pip install 'jixiao[distributed]'"


def file_system(url: str) -> tuple[Any, str]:
    """The fsspec file system of a URL and the path in it."""
    scheme, _, rest = url.partition("://")
    try:
        import fsspec

        if scheme in S3_SCHEMES and not _has_s3fs():
            return _arrow_s3(), rest
        system, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise UserError(NOT_INSTALLED.format(url=url)) from error
    except ValueError as error:
        raise UserError(f"无法识别地址“{url}”：{error}") from error
    return system, path


def _has_s3fs() -> bool:
    from importlib.util import find_spec

    return find_spec("s3fs") is not None


def _arrow_s3() -> Any:
    """S3 by pyarrow, which is always there; keys and endpoint come from the usual AWS variables."""
    import os

    from fsspec.implementations.arrow import ArrowFSWrapper
    from pyarrow.fs import S3FileSystem

    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    options: dict[str, Any] = {}
    if endpoint:
        scheme, _, host = endpoint.rpartition("://")
        options = {"endpoint_override": host, "scheme": scheme or "https"}
    return ArrowFSWrapper(S3FileSystem(**options))


def expand_url(url: str) -> tuple[bool, Iterator[Source]]:
    """Whether a URL is a folder, and the files at or below it."""
    system, path = file_system(url)
    try:
        if system.isfile(path):
            return False, iter((_source(url, system.info(path)),))
        found = system.find(path, detail=True)
    except OSError as error:
        raise UserError(f"无法列出“{url}”：{error}") from error
    if not found:
        raise UserError(f"找不到文件或目录“{url}”，请检查地址")
    return True, _below(url, path, found)


def _below(url: str, root: str, found: dict[str, Any]) -> Iterator[Source]:
    base = str(root).strip("/")
    for path in sorted(found):
        inside = path.strip("/").removeprefix(base).strip("/")
        if not any(part.startswith((".", LOCK_FILES)) for part in inside.split("/")):
            yield _source(f"{url.rstrip('/')}/{inside}", found[path])


def _source(uri: str, info: dict[str, Any]) -> Source:
    marks = [str(info[key]) for key in STAMPS if info.get(key) is not None]
    size = int(info.get("size") or 0)
    stamp = f"{size}:{':'.join(marks)}" if marks else None
    return Source(uri=uri, name=uri.rpartition("/")[2], path=uri, size=size, stamp=stamp)


def read_url(url: str) -> bytes:
    """All bytes at a URL; raises OSError."""
    system, path = file_system(url)
    return bytes(system.cat_file(path))
