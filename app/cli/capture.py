"""record, stop, mark, recover, resume."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from types import FrameType
from typing import Any, NoReturn

import click

from app import findable, marking
from app.cli.context import (
    Context,
    Duration,
    Moment,
    clock,
    counted,
    escape,
    exact_clock,
    json_lines_option,
    json_option,
    pass_context,
)
from app.cli.follow import Follower
from recorder import launch, recovery
from recorder.archive import SessionFolder
from recorder.control import Client
from recorder.errors import AircheckError
from recorder.schedule import Repeat, Schedule, parse_time
from recorder.sources.access import parse_cookies
from recorder.sources.open import parse_source
from recorder.types import Seconds, SourceKind, iso, utc_now

_DAYS_FROM_MIN = 48 * 60


@click.command("record")
@click.argument("source")
@click.option("--title", default="", help="The session's title.")
@click.option(
    "--at", "at", metavar="TIME", help="'8pm ET', '21 Nov 20:00 Europe/Berlin', ISO 8601."
)
@click.option("--repeat", type=click.Choice([str(each) for each in Repeat]), help="After --at.")
@click.option(
    "--for",
    "for_s",
    type=Duration(),
    help="Stop after this long from the first sample; after --at never before it has passed.",
)
@click.option(
    "--mirror", "mirrors", multiple=True, metavar="SOURCE", help="Takes over; repeatable."
)
@click.option("--together", is_flag=True, help="Record the mirrors side by side instead.")
@click.option(
    "--split-channels", is_flag=True, help="Record each channel of a device as its own track."
)
@click.option(
    "--give-up",
    "give_up_s",
    type=Duration(),
    help="Once it has begun: over after this silence; 1h.",
)
@click.option(
    "--cookies",
    metavar="FILE|browser:NAME",
    help="For a page that needs some: a cookies.txt, or browser:firefox. Never stored.",
)
@click.option("--captions", is_flag=True, help="Show what is said while it is recorded.")
@click.option("--model", help="A model of 'aircheck models', for the captions and the text after.")
@click.option("--detach", is_flag=True, help="Return at once and print the session's id.")
@json_lines_option
@pass_context
def record_command(
    context: Context,
    source: str,
    title: str,
    at: str | None,
    repeat: str | None,
    for_s: Seconds | None,
    mirrors: tuple[str, ...],
    give_up_s: Seconds | None,
    *,
    cookies: str | None,
    model: str | None,
    together: bool,
    split_channels: bool,
    captions: bool,
    detach: bool,
) -> None:
    """Record SOURCE until it ends: an http(s) address, device:NAME, system[:NAME], or a file.

    It may not be there yet: Aircheck waits for it. Ctrl-C stops it well. A closed terminal stops
    nothing.
    """
    if repeat and at is None:
        raise click.UsageError("--repeat needs --at: the time of the first one.")
    if together and not mirrors:
        raise click.UsageError("--together needs a --mirror to record beside it.")
    if model is not None:
        _check_model(context, model, detach=detach)
    cookies = parse_cookies(context.settings.cookies if cookies is None else cookies)
    spec = parse_source(source, cookies=cookies)
    if split_channels and spec.kind not in (SourceKind.DEVICE, SourceKind.SYSTEM):
        raise click.UsageError("--split-channels goes with device:NAME and system:NAME.")
    if split_channels and mirrors and not together:
        raise click.UsageError("--split-channels records side by side: add --together.")
    if spec.kind is SourceKind.FILE and for_s is not None:
        raise click.UsageError("--for goes with what is live; a file is taken whole.")
    schedule = None
    if at is not None:
        schedule = parse_time(at, now=utc_now(), repeat=Repeat(repeat) if repeat else None)
    folder = launch.record(
        context.archive,
        spec,
        title=title,
        for_s=for_s,
        mirrors=[parse_source(mirror, cookies=cookies) for mirror in mirrors],
        together=together,
        split_channels=split_channels,
        schedule=schedule,
        give_up_s=give_up_s,
    )
    if detach:
        _tell_armed(context, folder, str(spec), schedule)
        return
    follow(context, folder, str(spec), schedule=schedule, captions=captions, model=model)


def _check_model(context: Context, name: str, *, detach: bool) -> None:
    """See that a model can be of use, before anything is recorded.

    Raises:
        click.UsageError: Nobody stays to use it.
        AircheckError: There is none of that name.
    """
    from transcribe.weights import Weights  # noqa: PLC0415 (recording starts without it)

    if detach:
        raise click.UsageError("--model goes with a recording that is followed, not --detach.")
    Weights(context.settings.models).model(name)


def follow(
    context: Context,
    folder: SessionFolder,
    source: str,
    *,
    schedule: Schedule | None = None,
    captions: bool = False,
    model: str | None = None,
) -> NoReturn:
    """Show a recording to its end, and end with its exit status; Ctrl-C stops it well.

    Args:
        context: Of the command.
        folder: The session's.
        source: What is recorded, for people.
        schedule: When it is announced for.
        captions: Whether to show what is said meanwhile.
        model: Of captions and text; the one of the settings unless told.
    """
    with _stop_by_ctrl_c(folder), _outlive_the_terminal():
        _tell_armed(context, folder, source, schedule)
        with _captions(context, folder, model) if captions else contextlib.nullcontext():
            failed = Follower(context, folder).follow()
    if not failed:
        _offer_replay(context, folder)
        if context.settings.transcribe:
            _queue(context, folder, model)
    sys.exit(1 if failed else 0)


def _offer_replay(context: Context, folder: SessionFolder) -> None:
    """Say how the gaps may yet be filled, where a page may post the recording later."""
    if context.as_json or not folder.timeline().gaps:
        return
    from app.replays import offer  # noqa: PLC0415 (comparing loads NumPy; few recordings need it)

    page = offer(folder)
    if page:
        context.say(
            f"  There are gaps. If {escape(page)} posts the recording later, "
            f"'aircheck complete {folder.id} --wait' waits for that and fills them."
        )


def _captions(
    context: Context, folder: SessionFolder, model: str | None
) -> contextlib.AbstractContextManager[None]:
    from app.cli.captions import beside  # noqa: PLC0415 (recording starts without it)

    return beside(context, folder, model=model)


def _tell_armed(
    context: Context, folder: SessionFolder, source: str, schedule: Schedule | None
) -> None:
    for_s = folder.info().for_s
    ends_at = schedule.at + timedelta(seconds=for_s) if schedule and for_s is not None else None
    if context.as_json:
        plan = {"announced_for": iso(schedule.at)} if schedule else {}
        if ends_at:
            plan["until"] = iso(ends_at)
        context.answer(
            {
                "event": "armed",
                "session": folder.id,
                "at": iso(utc_now()),
                "folder": str(folder.path),
                **plan,
            }
        )
        return
    context.say(f"[bold]{escape(source)}[/]")
    context.say(f"  session {folder.id}, saved to {escape(str(folder.path))}")
    if schedule:
        context.say(f"  announced for {escape(announced(schedule))}")
    if schedule and ends_at and for_s is not None:
        until = ends_at.astimezone(schedule.local.tzinfo)
        context.say(f"  until {until:%H:%M:%S %Z}; {clock(for_s)} of it where it begins later")


def announced(schedule: Schedule) -> str:
    """``Tuesday, 13 August, 20:00 EDT (02:00 here), in 3 h 12 min, again daily``."""
    is_near = schedule.local.year == utc_now().year
    words = [f"{schedule.local:{'%A, %d %B' if is_near else '%A, %d %B %Y'}, %H:%M %Z}"]
    here = schedule.at.astimezone()
    if here.utcoffset() != schedule.local.utcoffset():
        day = "" if here.date() == schedule.local.date() else f"{here:%A}, "
        words[0] += f" ({day}{here:%H:%M} here)"
    minutes = round((schedule.at - utc_now()).total_seconds() / 60)
    if minutes > _DAYS_FROM_MIN:
        words.append(f"in {counted(round(minutes / 1_440), 'day')}")
    elif minutes > 0:
        hours = f"{minutes // 60} h " if minutes >= 60 else ""
        words.append(f"in {hours}{minutes % 60} min")
    else:
        words.append(f"{-minutes} min ago, so it begins at once")
    if schedule.repeat:
        words.append(f"again {schedule.repeat}")
    return ", ".join(words)


def _queue(context: Context, folder: SessionFolder, model: str | None) -> None:
    """Queue the sealed session for whoever works the queue; a failure costs nothing."""
    from transcribe.queue import Queue, path_of  # noqa: PLC0415 (recording starts without it)
    from transcribe.weights import Weights  # noqa: PLC0415 (likewise)

    sealed = folder.sealed()
    if sealed is None or not sealed.part_count:
        return
    try:
        with contextlib.closing(Queue(path_of(context.settings.archive))) as jobs:
            weights = Weights(context.settings.models)
            chosen = model or weights.automatic(context.settings.model)
            jobs.add(folder.id, model=chosen)
            is_here = chosen in weights.here()
    except AircheckError as error:
        context.say(f"[yellow]![/] Not queued for transcription: {escape(str(error))}")
        return
    if is_here:
        context.say("  queued; 'aircheck transcribe --pending' turns it into text")
    else:
        context.say(
            f"  queued, and waits for a model: 'aircheck models get {escape(chosen)}' gets one, "
            "'aircheck transcribe --pending' turns it into text then"
        )


@contextlib.contextmanager
def _stop_by_ctrl_c(folder: SessionFolder) -> Iterator[None]:
    """Ctrl-C asks the recorder to end; a second one leaves it to end alone."""

    def stop(_: int, __: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        ask = threading.Thread(target=_ask_to_stop, args=(folder,), name="stop", daemon=True)
        ask.start()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _ask_to_stop(folder: SessionFolder) -> None:
    with contextlib.suppress(AircheckError):
        Client(folder).stop()


@contextlib.contextmanager
def _outlive_the_terminal() -> Iterator[None]:
    """A closed terminal silences the output and ends nothing."""
    if not hasattr(signal, "SIGHUP"):
        yield
        return

    def go_on(_: int, __: FrameType | None) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())

    before = signal.signal(signal.SIGHUP, go_on)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


@click.command("stop")
@click.argument("session")
@json_option
@pass_context
def stop_command(context: Context, session: str) -> None:
    """Stop the recording of SESSION, and wait until it is sealed."""
    folder = context.archive.find(session)
    if folder.sealed():
        raise AircheckError(f"{folder.path.name} has ended already.", safe="It is sealed.")
    if not launch.stop(folder):
        raise AircheckError(
            "The recorder was told to stop and has not sealed the session yet.",
            safe="What it recorded is on the disk.",
            hint="Look again with 'aircheck sessions'.",
        )
    summary = folder.summary()
    if context.as_json:
        context.answer({"session": folder.id, "duration_s": summary.duration_s})
    elif summary.started_at is None:
        context.say("[green]✓[/] Stopped. Nothing was recorded.")
    else:
        gaps = f", {counted(summary.gap_count, 'gap')}" if summary.gap_count else ""
        length = f"{clock(summary.duration_s)} long{gaps}"
        context.say(f"[green]✓[/] Sealed: {length}, in {escape(str(folder.path))}")


@click.command("mark")
@click.argument("session")
@click.argument("text", default="")
@click.option("--at", "at_s", type=Moment(), help="Session time: 12:34; now unless told.")
@click.option("--remove", is_flag=True, help="Take the marker at --at away that was added later.")
@json_option
@pass_context
def mark_command(
    context: Context, session: str, text: str, at_s: Seconds | None, *, remove: bool
) -> None:
    """Name this moment of a running SESSION, or with --at a moment of any.

    What is marked while it is recorded stands in the journal and stays; what is named later can be
    named anew and removed.
    """
    folder = context.archive.find(session)
    if remove:
        if at_s is None:
            raise click.UsageError("--remove needs --at: which marker?")
        if not marking.unmark(folder, at_s):
            raise AircheckError(
                f"No marker was added at {exact_clock(at_s)}.",
                safe="Nothing was changed.",
                hint="What was marked while it was recorded stays; 'aircheck show' lists all.",
            )
        context.say(f"[green]✓[/] removed at {exact_clock(at_s)}")
        return
    if at_s is None:
        if folder.sealed():
            raise AircheckError(
                f"{folder.path.name} has ended.",
                safe="Nothing was changed.",
                hint="--at names a moment of it: --at 42:07.",
            )
        at_s = Client(folder).mark(text)
        findable.refresh(folder)
    else:
        marking.mark(folder, at_s, text)
    if context.as_json:
        context.answer({"at_s": at_s, "text": text})
    else:
        context.say(f"[green]✓[/] marked at {exact_clock(at_s)} {escape(text)}")


@click.command("recover")
@json_option
@pass_context
def recover_command(context: Context) -> None:
    """Mend and seal the sessions whose recorder died."""
    outcomes = recovery.recover_all(context.archive)
    told = [_outcome(outcome) for outcome in outcomes]
    if context.as_json:
        context.answer({"sessions": told})
    elif not told:
        context.say("Nothing to recover.")
    else:
        for one in told:
            context.say(_outcome_line(one))
    if any(one["problem"] for one in told):
        sys.exit(1)


@click.command("resume")
@json_option
@pass_context
def resume_command(context: Context) -> None:
    """Start the recorders of open sessions that have none: scheduled ones, and those that died.

    'aircheck autostart on' has this done at each login.
    """
    outcomes = launch.resume(context.archive)
    if context.as_json:
        told = [{"id": folder.id, "problem": problem} for folder, problem in outcomes]
        context.answer({"sessions": told})
    elif not outcomes:
        context.say("Nothing to resume.")
    else:
        for folder, problem in outcomes:
            title = escape(folder.path.name)
            if problem:
                context.say(f"[red]✗[/] {title}: {escape(problem)}")
            else:
                context.say(f"[green]✓[/] {title}: at work again")
    if any(problem for _, problem in outcomes):
        sys.exit(1)


def _outcome(outcome: recovery.Outcome) -> dict[str, Any]:
    summary = outcome.folder.summary()
    return {
        "id": summary.id,
        "title": summary.title,
        "duration_s": summary.duration_s,
        "problem": outcome.problem,
    }


def _outcome_line(one: dict[str, Any]) -> str:
    if one["problem"]:
        return f"[red]✗[/] {escape(one['title'])}: {escape(one['problem'])}"
    return f"[green]✓[/] {escape(one['title'])}: {clock(one['duration_s'])} recovered"
