"""demo: the whole way, offline, on a broadcast that is late, full, broken and with a loss.

Nothing here is special but the server and its sample: the recorder, the transcription, the
index, the export and the verification are those of every session.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
from pathlib import Path
from typing import Any

import click
from rich.panel import Panel

from app import publishing
from app.broadcast import Sample, SampleBroadcast
from app.cli.context import Context, escape, exact_clock, json_lines_option, pass_context
from app.cli.finding import highlighted
from app.cli.follow import Follower
from app.transcribing import transcribe_sessions
from recorder import launch, verify
from recorder.archive import SessionFolder
from recorder.errors import AircheckError
from recorder.sources.open import parse_source
from transcribe import index, search
from transcribe.hits import Hit

_MODEL = "demo"
_FAILED_VERIFICATION = 4


@click.command("demo")
@json_lines_option
@pass_context
def demo_command(context: Context) -> None:
    """Record, transcribe, find, export and verify a sample broadcast: offline, in a minute.

    Its session is kept in your archive, as any other; 'aircheck trash put ID' takes it away. With
    --archive DIR it goes elsewhere. With --json there is a line for each event, then the result.
    """
    sample = Sample.load()
    folder = _record(context, sample)
    _transcribe(context, folder)
    hit = _find(context, folder, sample)
    package, report = _prove(context, folder)
    if context.as_json:
        context.answer(_result(folder, sample, hit, package, report))
    else:
        _say_result(context, folder, sample, hit, report)
    sys.exit(0 if report.ok else _FAILED_VERIFICATION)


def _step(context: Context, number: int, text: str) -> None:
    context.say(f"\n[bold cyan]{number}[/]  [bold]{text}[/]")


def _record(context: Context, sample: Sample) -> SessionFolder:
    with SampleBroadcast(sample) as broadcast:
        context.say(
            f"[bold]Aircheck demo[/]: '{sample.title}', a broadcast on this machine that is not "
            "there yet, then full, then live, then breaks, then loses a second for good. "
            f"It lasts {sample.duration_s:.0f} s."
        )
        _step(context, 1, f"Record {broadcast.url}")
        folder = launch.record(context.archive, parse_source(broadcast.url), title=sample.title)
        context.say(f"  session {folder.id}, saved to {escape(str(folder.path))}")
        try:
            failed = Follower(context, folder).follow()
        except BaseException:
            with contextlib.suppress(AircheckError):  # nobody else will: its server goes now
                launch.stop(folder)
            raise
    if failed:
        raise AircheckError("The sample was not recorded.", hint="See the lines above.")
    return folder


def _transcribe(context: Context, folder: SessionFolder) -> None:
    _step(
        context,
        2,
        "Transcribe with Whisper (model 'demo': knows 446 words of synthetic speech, no others)",
    )
    (job,) = transcribe_sessions(context.settings, [folder], model=_MODEL, language="en")
    if job.problem:
        raise AircheckError(f"The transcription failed: {job.problem}")
    context.say(f"  [green]✓[/] {escape(job.file)}")


def _find(context: Context, folder: SessionFolder, sample: Sample) -> Hit:
    _step(context, 3, f'Search "{sample.phrase}"')
    with contextlib.closing(index.ready(context.archive)) as db:
        results = search.search(db, f'"{sample.phrase}"', limit=100)
    hits = [hit for hit in results.hits if hit.session == folder.id]
    if not hits:
        raise AircheckError(
            f"The phrase {sample.phrase!r} was spoken and not found.",
            safe="The recording is complete and safe.",
            hint=f"'aircheck show {folder.id}' tells what was understood.",
        )
    for hit in hits:
        context.say(f"  [cyan]{exact_clock(hit.start_s)}[/]  {highlighted(hit)}")
    return hits[0]


def _prove(context: Context, folder: SessionFolder) -> tuple[Path, verify.Report]:
    _step(context, 4, "Export the unedited audio, and verify the package")
    files = publishing.unedited(folder, folder.derived)
    package = files[0]
    context.say(f"  {escape(str(package))}")
    report = verify.verify(package)
    for sentence in report.what_holds:
        context.say(f"  [green]✓[/] {escape(sentence)}")
    for problem in report.problems:
        context.say(f"  [red]✗[/] {escape(problem.file)}: {escape(problem.what)}")
    return package, report


def _result(
    folder: SessionFolder,
    sample: Sample,
    hit: Hit,
    package: Path,
    report: verify.Report,
) -> dict[str, Any]:
    gaps = folder.timeline().gaps
    return {
        "session": folder.id,
        "phrase": sample.phrase,
        "hit": {"start_s": hit.start_s, "end_s": hit.end_s, "text": hit.text},
        "gaps": [
            {"from_s": gap.from_s, "to_s": gap.to_s, "reason": str(gap.reason)} for gap in gaps
        ],
        "package": str(package),
        "ok": report.ok,
    }


def _command() -> str:
    """How to call this command again, as short as it goes."""
    called = Path(sys.argv[0])
    if shutil.which(called.name):
        return called.name
    with contextlib.suppress(ValueError):
        return str(called.absolute().relative_to(Path.cwd()))
    return str(called)


def _say_result(
    context: Context, folder: SessionFolder, sample: Sample, hit: Hit, report: verify.Report
) -> None:
    timeline = folder.timeline()
    lines = [f"found     {exact_clock(hit.start_s)}  {highlighted(hit)}"]
    lines += [
        f"gap       {exact_clock(gap.from_s)} to {exact_clock(gap.to_s)}: {gap.reason}"
        for gap in timeline.gaps
    ]
    verdict = "[green]no byte changed since it was sealed[/]" if report.ok else "[red]FAILED[/]"
    lines.append(f"verified  {verdict}")
    context.say("")
    context.console.print(Panel("\n".join(lines), title=escape(folder.info().title), expand=False))
    command = escape(_command())
    context.say("Look around:")
    for rest in (f"show {folder.id}", f"search '{sample.phrase}'", f"verify {folder.id}"):
        context.say(f"  [dim]{command} {escape(rest)}[/]")
    context.say(
        f"It is in your archive now; [dim]{command} trash put {folder.id}[/] takes it away."
    )
