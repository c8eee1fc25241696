"""A web server on 127.0.0.1 that misbehaves on purpose, so that downloads can be tested without a network."""

from __future__ import annotations

import gzip
import re
import threading
from collections import defaultdict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Behavior = Callable[["Handler", bytes], None]


class Server:
    """Serves `files`; the first requests for a path meet the behaviors in `plan[path]`, one each, later ones `serve`.

    Attributes:
        url: where it listens, without a slash at the end.
        log: (path, Range header or None) of every request, in order.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.plan: defaultdict[str, list[Behavior]] = defaultdict(list)
        self.log: list[tuple[str, str | None]] = []
        self.closing = threading.Event()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads, self.http.block_on_close = True, False
        self.http.owner = self
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        self.http.shutdown()
        self.http.server_close()

    def ranges(self, path: str) -> list[str | None]:
        """The Range header of each request for `path`."""
        return [header for requested, header in self.log if requested == path]


class Handler(BaseHTTPRequestHandler):
    """One request; HTTP/1.0, so that the end of the body is the end of the connection."""

    def do_GET(self) -> None:  # noqa: N802 (the name that http.server looks for)
        owner = self.server.owner
        owner.log.append((self.path, self.headers.get("Range")))
        plan = owner.plan[self.path]
        behavior = plan.pop(0) if plan else serve
        if behavior is serve and self.path not in owner.files:
            behavior = status(404)
        try:
            behavior(self, owner.files.get(self.path, b""))
        except ConnectionError:
            pass  # the client had enough

    def begin(self, code: int, **headers: object) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def asked_from(self) -> int:
        """The first byte that the client wants."""
        return int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").removesuffix("-"))

    def log_message(self, *arguments: object) -> None:
        pass


def serve(handler: Handler, body: bytes) -> None:
    """What a good server does, Range included."""
    start = handler.asked_from()
    if start:
        where = f"bytes {start}-{len(body) - 1}/{len(body)}"
        handler.begin(206, Content_Range=where, Content_Length=len(body) - start)
    else:
        handler.begin(200, Content_Length=len(body))
    handler.wfile.write(body[start:])


def status(code: int) -> Behavior:
    """Answer with nothing but this status."""
    return lambda handler, body: handler.begin(code, Content_Length=0)


def moved(path: str) -> Behavior:
    """Send the client to another path, as code hosts do for their releases."""
    return lambda handler, body: handler.begin(302, Location=path, Content_Length=0)


def cut(after: int) -> Behavior:
    """Announce everything that was asked for, send `after` bytes, close."""

    def behavior(handler: Handler, body: bytes) -> None:
        start = handler.asked_from()
        where = {"Content_Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {}
        handler.begin(206 if start else 200, Content_Length=len(body) - start, **where)
        handler.wfile.write(body[start : start + after])

    return behavior


def stall(after: int) -> Behavior:
    """Send `after` bytes, then nothing, and keep the connection open until the server closes."""

    def behavior(handler: Handler, body: bytes) -> None:
        handler.begin(200, Content_Length=len(body))
        handler.wfile.write(body[:after])
        handler.wfile.flush()
        handler.server.owner.closing.wait(10)

    return behavior


def hold(until: threading.Event) -> Behavior:
    """Send half of the body, and the rest when `until` is set."""

    def behavior(handler: Handler, body: bytes) -> None:
        handler.begin(200, Content_Length=len(body))
        handler.wfile.write(body[: len(body) // 2])
        handler.wfile.flush()
        until.wait(10)
        handler.wfile.write(body[len(body) // 2 :])

    return behavior


def silent(handler: Handler, body: bytes) -> None:
    """Take the request and never answer."""
    handler.server.owner.closing.wait(10)


def hang_up(handler: Handler, body: bytes) -> None:
    """Close the connection without an answer."""


def whole_always(handler: Handler, body: bytes) -> None:
    """Ignore Range, as some servers do."""
    handler.begin(200, Content_Length=len(body))
    handler.wfile.write(body)


def wrong_range(handler: Handler, body: bytes) -> None:
    """Answer 206, and begin at the wrong byte."""
    handler.begin(206, Content_Range=f"bytes 7-{len(body) - 1}/{len(body)}", Content_Length=len(body) - 7)
    handler.wfile.write(body[7:])


def other(content: bytes, announce: bool = True) -> Behavior:
    """Send other bytes than those asked for, as the log-in page of a hotel does."""

    def behavior(handler: Handler, body: bytes) -> None:
        handler.begin(200, **({"Content_Length": len(content)} if announce else {}))
        handler.wfile.write(content)

    return behavior


def choosy(handler: Handler, body: bytes) -> None:
    """Refuse a client that calls itself a library, and compress for every client that does not forbid it."""
    if re.match("python|urllib|requests", handler.headers.get("User-Agent", "python"), re.IGNORECASE):
        handler.begin(403, Content_Length=0)
    elif handler.headers.get("Accept-Encoding", "gzip") != "identity":
        packed = gzip.compress(body)
        handler.begin(200, Content_Length=len(packed), Content_Encoding="gzip")
        handler.wfile.write(packed)
    else:
        serve(handler, body)


def labeled_gzip(handler: Handler, body: bytes) -> None:
    """Call a .gz file an encoding, as some servers do; a client that unpacks it has another file."""
    handler.begin(200, Content_Length=len(body), Content_Encoding="gzip")
    handler.wfile.write(body)
