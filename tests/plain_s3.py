"""As much of S3 as reading needs, on this machine: list, head, get."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

DATE = "Wed, 01 Jan 2025 00:00:00 GMT"
ENTRY = (
    "<Contents><Key>{key}</Key><LastModified>2025-01-01T00:00:00.000Z</LastModified>"
    "<ETag>&quot;x&quot;</ETag><Size>{size}</Size></Contents>"
)


@contextmanager
def bucket(name: str, objects: Mapping[str, bytes]) -> Iterator[str]:
    """A server with one bucket; its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._object(with_body=False)

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            if "list-type" in query:
                self._list(query.get("prefix", [""])[0])
            else:
                self._object(with_body=True)

        def _list(self, prefix: str) -> None:
            found = "".join(
                ENTRY.format(key=escape(key), size=len(objects[key]))
                for key in sorted(objects)
                if key.startswith(prefix)
            )
            body = (
                f"<ListBucketResult><Name>{name}</Name><IsTruncated>false</IsTruncated>"
                f"{found}</ListBucketResult>"
            )
            self._send(200, body.encode(), "application/xml", with_body=True)

        def _object(self, with_body: bool) -> None:
            key = unquote(urlsplit(self.path).path).removeprefix(f"/{name}").strip("/")
            if key not in objects:
                self._send(200 if not key else 404, b"", "application/xml", with_body)
                return
            data, status = objects[key], 200
            if asked := self.headers.get("Range"):
                first, _, last = asked.removeprefix("bytes=").partition("-")
                data, status = data[int(first) : int(last or len(data)) + 1], 206
            self._send(status, data, "text/plain", with_body)

        def _send(self, status: int, body: bytes, kind: str, with_body: bool) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Last-Modified", DATE)
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
