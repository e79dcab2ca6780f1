"""Rewrites a ZIP based file so that its bytes depend on its content alone."""

from __future__ import annotations

import io
import re
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)
STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def freeze(content: bytes) -> bytes:
    """The same archive without the times of its making."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            body = STAMP.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", old.read(name))
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, body, compresslevel=6)
    return out.getvalue()
