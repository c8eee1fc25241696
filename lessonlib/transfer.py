"""One file from one address into a growing `.part` file: resumed where it stopped, tried again, timed out."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from requests import Response

CONNECT_SECONDS = 10.0  # a server must take the connection within this time
STALL_SECONDS = 20.0  # and may send nothing for this long
PAUSES = (1.0, 2.0, 4.0)  # seconds before each new attempt after a fault that may pass
BLOCK = 1 << 15  # bytes read at a time
PROGRAM = "lessonlib (a course on word embeddings)"  # some servers refuse the name that a library gives itself


class Fault(Exception):
    """Why an address did not give its file. The text completes a sentence that begins with the address."""


class PassingFault(Fault):
    """A fault that may be gone in a moment: a server error, a stall, a cut."""


def transfer(address: str, part: Path, size: int, report: Callable[[int], object] = lambda done: None) -> None:
    """Bring the first `size` bytes at `address` into `part`, after those that `part` already holds.

    Afterwards `part` has the right length. Whether it is the right file is for a checksum to say.

    Args:
        address: a URL (http or https), or the path of a file.
        part: may hold the beginning of the file from an earlier call. After a fault it holds what came so far.
        size: length of the whole file in bytes.
        report: is called with the number of bytes that are there, now and then.

    Raises:
        Fault: if the address gives nothing, or something of another length. One that may pass has been tried
            `len(PAUSES)` times more.
        OSError: if `part` cannot be written.
    """
    if not address.startswith(("http://", "https://")):
        return _copy(Path(address), part, size)
    for pause in (*PAUSES, None):
        try:
            return _attempt(address, part, size, report)
        except PassingFault:
            if pause is None:
                raise
            time.sleep(pause)


def _copy(source: Path, part: Path, size: int) -> None:
    """The same from a folder on this machine, where nothing stalls."""
    try:
        file = open(source, "rb")
    except FileNotFoundError:
        raise Fault("is not there") from None
    except OSError as error:
        raise Fault(f"cannot be read ({error.strerror})") from None
    with file, open(part, "wb") as target:
        _require_length(os.fstat(file.fileno()).st_size, size)
        shutil.copyfileobj(file, target)


def _attempt(address: str, part: Path, size: int, report: Callable[[int], object]) -> None:
    held = part.stat().st_size if part.exists() else 0
    if held == size:
        return
    held = held if held < size else 0  # what is longer than the whole is not its beginning
    with _request(address, held) as answer:
        done = _start(answer, held, part)
        length = answer.headers.get("Content-Length", "")
        if length.isdigit():
            _require_length(done + int(length), size)
        with open(part, "ab" if done else "wb") as file:
            report(done)
            for block in _blocks(answer):
                done += len(block)
                if done > size:
                    break
                file.write(block)
                report(done)
            file.flush()
            os.fsync(file.fileno())
    if done > size:
        raise Fault(f"sent more than {size:,} bytes")
    if done < size:
        raise PassingFault(f"was cut off after {done:,} of {size:,} bytes")


def _require_length(found: int, size: int) -> None:
    if found != size:
        raise Fault(f"offers {found:,} bytes instead of {size:,}")


def _request(address: str, held: int) -> Response:
    """The open answer to a GET request from byte `held` on, its body not yet read."""
    import requests

    headers = {"User-Agent": PROGRAM, "Accept-Encoding": "identity"} | ({"Range": f"bytes={held}-"} if held else {})
    try:
        return requests.get(address, headers=headers, stream=True, timeout=(CONNECT_SECONDS, STALL_SECONDS))
    except requests.exceptions.ConnectTimeout:
        raise Fault(f"did not take the connection within {CONNECT_SECONDS:g} seconds") from None
    except requests.exceptions.ReadTimeout:
        raise PassingFault(f"sent nothing for {STALL_SECONDS:g} seconds") from None
    except requests.exceptions.RequestException as error:
        raise _named(error) from None


def _named(error: Exception) -> Fault:
    """The fault behind an error of the network libraries, which wrap the first cause several times."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__
    match error:
        case socket.gaierror():
            return Fault("has an unknown host name (no network, or no such host)")
        case ConnectionRefusedError():
            return Fault("refuses the connection")
        case ssl.SSLError():
            return Fault("has a certificate that cannot be verified")
        case ConnectionError() | HTTPException():
            return PassingFault("closed the connection without an answer")
    return Fault(f"cannot be reached ({getattr(error, 'strerror', None) or error})")


def _start(answer: Response, held: int, part: Path) -> int:
    """The position in the file at which the answer's bytes begin: `held`, or 0 if the server starts anew."""
    status = answer.status_code
    if status == 200:
        return 0
    if status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {held}-"):
        return held
    if held and status in (206, 416):
        part.unlink()
        raise PassingFault(f"cannot go on from byte {held:,}")
    passing = status >= 500 or status in (408, 429)
    raise (PassingFault if passing else Fault)(f"answers {status} {answer.reason}".strip())


def _blocks(answer: Response) -> Iterator[bytes]:
    """The body as it was sent, never decompressed. A cut ends it early; its length tells."""
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    try:
        yield from answer.raw.stream(BLOCK, decode_content=False)
    except ReadTimeoutError:
        raise PassingFault(f"sent nothing for {STALL_SECONDS:g} seconds") from None
    except (HTTPError, OSError):
        return
