"""The other recording of an event, from its name: a file, a session, a track of one, an address.

What an address gives is fetched into a place of its own, which is gone afterwards: one file, or an
HLS playlist that has ended, which the recorder records as it would any other. A page leads to
either by yt-dlp.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from recorder import launch, sums
from recorder.archive import Archive, SessionFolder
from recorder.completing import Other
from recorder.errors import (
    ConnectionLost,
    MalformedAddress,
    NotAudio,
    NotAvailable,
    SessionNotFound,
    storage_error,
)
from recorder.sources.access import Access
from recorder.sources.fetch import Stopped, StreamAnswer, open_stream
from recorder.sources.listing import Listings
from recorder.sources.resolve import AS_SERVED, Resolver, YtDlp
from recorder.types import SourceKind, SourceSpec, redact

_READ = 1 << 16
_REQUEST_S = 15.0
_POLL_S = 0.2
_RADIO = ("icy-", "ice-")  # headers of a stream that never ends


@contextlib.contextmanager
def other_recording(
    archive: Archive,
    name: str,
    *,
    stop: threading.Event | None = None,
    resolver: Resolver | None = None,
) -> Iterator[Other]:
    """What a name means; what was fetched for it is gone afterwards.

    Args:
        archive: Where sessions are looked for.
        name: A path, an ID, ``ID:TRACK`` or an http(s) address.
        stop: Ends the fetching.
        resolver: Of pages; yt-dlp unless told.

    Raises:
        Stopped: ``stop`` was set.
        NotAvailable: It is live yet.
        SessionNotFound: No file, session or track is called so.
        SourceError: As the address answers.
        StorageError: The disk refuses.
    """
    if name.lower().startswith(("http://", "https://")):
        with tempfile.TemporaryDirectory(prefix="aircheck-") as folder:
            asked = resolver or YtDlp(wanted=AS_SERVED)
            yield _fetched(name, Path(folder), stop or threading.Event(), asked)
    elif Path(name).is_file():
        path = Path(name)
        yield Other(name=path.name, path=path, facts={"sha256": sums.file_sha256(path)})
    else:
        wanted, _, track = name.partition(":")
        folder_there = archive.find(wanted)
        require_track(folder_there, track or "a")
        facts = {"session": folder_there.id, "track": track or "a"}
        yield Other(name=folder_there.id, folder=folder_there, track=track or "a", facts=facts)


def require_track(folder: SessionFolder, track: str) -> None:
    """See that a session has a track.

    Raises:
        SessionNotFound: It hasn't.
    """
    if track not in folder.timeline().tracks:
        raise SessionNotFound(f"{folder.path.name} has no track {track!r}.")


def _fetched(
    url: str,
    room: Path,
    stop: threading.Event,
    resolver: Resolver,
    *,
    access: Access | None = None,
    page: str = "",
) -> Other:
    """Fetch what an address gives, or what the page that is there leads to.

    Raises:
        NotAudio: It is a page that leads to nothing.
        NotAvailable: It is live yet.
        SourceError: As the address answers.
    """
    answer = open_stream(url, stop=stop, access=access)
    with contextlib.closing(answer):
        kind = answer.headers.get("content-type", "").lower()
        if "html" in kind and not page:
            found = resolver.resolve(url, stop)
            if found.is_live:
                raise _live(url)
            return _fetched(found.url, room, stop, resolver, access=found.access, page=url)
        if "html" in kind:
            raise NotAudio(f"{redact(page)} leads to no recording.")
        if any(name.startswith(_RADIO) for name in answer.headers):
            raise _live(url)
        if "mpegurl" not in kind:
            name = _name_of(page or url)
            path, sha256 = _stored(answer, room)
            facts = {"address": redact(page or url), "sha256": sha256}
            return Other(name=name, path=path, facts=facts)
    _demand_end(url, stop, access)
    return _recorded(page or url, room, stop)


def _stored(answer: StreamAnswer, room: Path) -> tuple[Path, str]:
    """The answer's body as a file, and its SHA-256."""
    path, digest = room / "other", hashlib.sha256()
    try:
        with path.open("wb") as file:
            while data := answer.read1(_READ):
                file.write(data)
                digest.update(data)
    except OSError as error:
        raise storage_error(error, doing="fetching the other recording") from error
    promised = answer.headers.get("content-length", "")
    if promised.isdigit() and path.stat().st_size != int(promised):
        raise ConnectionLost(f"{redact(answer.url)} broke off.", hint="Try again.")
    return path, digest.hexdigest()


def _recorded(url: str, room: Path, stop: threading.Event) -> Other:
    """Record an HLS playlist that has ended, or the page that leads to it."""
    folder = launch.record(Archive(room), SourceSpec(kind=SourceKind.STREAM, address=url))
    while not (folder.sealed() and not launch.is_running(folder)):
        if stop.wait(_POLL_S):
            launch.stop(folder)
            raise Stopped
    require_track(folder, "a")
    return Other(name=_name_of(url), folder=folder, facts={"address": redact(url)})


def _demand_end(url: str, stop: threading.Event, access: Access | None) -> None:
    """See that a playlist lists all there will be.

    Raises:
        NotAvailable: It is live yet.
    """
    listing = Listings(url, request_s=_REQUEST_S, access=access).find(stop)
    if not listing.playlist.ended:
        raise _live(url)


def _live(url: str) -> NotAvailable:
    return NotAvailable(
        f"{redact(url)} is live yet.",
        hint="'aircheck record' it, and name the session that comes of it.",
    )


def _name_of(url: str) -> str:
    """What an address calls the recording; its host where that is all it says.

    Raises:
        MalformedAddress: It says nothing.
    """
    public = redact(url)
    name = public.rstrip("/").rpartition("/")[2]
    if not name:
        raise MalformedAddress(f"{public} names no recording.")
    return name
