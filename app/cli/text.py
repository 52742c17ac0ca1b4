"""transcribe, queue, models, search, index."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import click
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from app.cli.context import (
    Context,
    NamedPath,
    clock,
    escape,
    json_option,
    pass_context,
)
from app.transcribing import Transcription, transcribe_sessions
from recorder.errors import AircheckError
from transcribe import suiting
from transcribe.download import KEPT
from transcribe.errors import DownloadFailed, TranscribeError
from transcribe.queue import Job, JobState, Queue, path_of
from transcribe.weights import Model, Weights

_LARGEST_NUMBER = 2**63 - 1  # to which SQLite counts


class _Language(click.ParamType[str]):
    """A click parameter: a language that Whisper knows, as its code."""

    name = "language"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read it, or say what one looks like."""
        from transcribe import reference  # noqa: PLC0415 (loads numpy, for few)

        code = reference.language_code(str(value))
        if not code:
            self.fail(f"Whisper knows no language {value!r}; write 'de' or 'German'.", param, ctx)
        return code


@click.command("transcribe")
@click.argument("sessions", nargs=-1)
@click.option("--pending", is_flag=True, help="Everything that is queued.")
@click.option("--model", help="A model of 'aircheck models'; AIRCHECK_MODEL does the same.")
@click.option(
    "--language",
    type=_Language(),
    help="Of the talk, as in 'en' or 'English'; found out unless told.",
)
@click.option(
    "--engine",
    type=click.Choice(["ctranslate", "openai"]),
    default=None,
    help="What runs the model; both hear the same, the first is several times as fast.",
)
@click.option("--translate", is_flag=True, help="To English, as a second transcript.")
@click.option("--channels", is_flag=True, help="Each channel is a speaker: a:1 left, a:2 right.")
@json_option
@pass_context
def transcribe_command(
    context: Context,
    sessions: tuple[str, ...],
    model: str | None,
    language: str | None,
    engine: str | None,
    *,
    pending: bool,
    translate: bool,
    channels: bool,
) -> None:
    """Turn SESSIONS into text that can be searched, by Whisper."""
    if not sessions and not pending:
        raise click.UsageError("Name a session, or say --pending.")
    folders = [context.archive.find(name) for name in sessions]
    try:
        with _progress(context) as progress:
            done = transcribe_sessions(
                context.settings,
                folders,
                model=model or "",
                language=language,
                engine=engine or "",
                translate=translate,
                by_channel=channels,
                pending=pending,
                on_progress=lambda job: _show_progress(progress, job),
            )
    except KeyboardInterrupt as stop:
        raise TranscribeError(
            "The transcription was stopped.",
            safe="It stays in the queue, and what is done of it is kept.",
            hint="'aircheck transcribe --pending' goes on with it, 'aircheck queue' lists it.",
        ) from stop
    if context.as_json:
        context.answer({"jobs": [_job_json(job) for job in done]})
    for job in done:
        if job.problem:
            context.say(f"[red]✗[/] {escape(job.title)}: {escape(job.problem)}")
        else:
            context.say(f"[green]✓[/] {escape(job.title)}  {escape(job.file)}")
            if job.note:
                context.say(f"  {escape(job.note)}")
    if not done:
        context.say("Nothing is queued.")
    sys.exit(1 if any(job.problem for job in done) else 0)


def _progress(context: Context) -> Progress:
    return Progress(
        TextColumn("  {task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %  {task.fields[left]}"),
        console=context.console,
        transient=True,
        disable=context.as_json or not context.console.is_terminal,
    )


def _show_progress(progress: Progress, job: Transcription) -> None:
    key = (job.session, job.model)
    known = {task.fields["key"]: task.id for task in progress.tasks}
    task = known.get(key)
    if task is None:
        task = progress.add_task(escape(job.title), total=1.0, left="", key=key)
    left = "" if job.left_s is None else f"{clock(job.left_s)} left"
    progress.update(task, completed=job.progress, left=left)


def _job_json(job: Transcription) -> dict[str, Any]:
    return {
        "session": job.session,
        "title": job.title,
        "model": job.model,
        "file": job.file,
        "problem": job.problem,
        "note": job.note,
    }


@click.group("queue", invoke_without_command=True)
@click.option("--all", "with_all", is_flag=True, help="Also what is done, failed or cancelled.")
@json_option
@click.pass_context
def queue_command(ctx: click.Context, *, with_all: bool) -> None:
    """List what is to be transcribed; pause, resume, cancel, put first."""
    if ctx.invoked_subcommand is None:
        _list_queue(ctx.ensure_object(Context), with_all=with_all)


def _list_queue(context: Context, *, with_all: bool) -> None:
    with _queue(context) as jobs:
        told = [job for job in jobs.jobs() if with_all or not job.state.is_final]
    if context.as_json:
        context.answer({"jobs": [_queued_json(job) for job in told]})
        return
    here = Weights(context.settings.models).here()
    for job in told:
        left = f"  {clock(job.left_s)} left" if job.left_s is not None else ""
        context.say(
            f"[bold]{job.id:>4}[/]  {job.state:<9}{job.progress:>5.0%}{left}"
            f"  {escape(_title(context, job))}  [dim]{escape(job.session)}  {escape(job.model)}[/]"
        )
        if job.error:
            context.say(f"      [red]✗[/] {escape(job.error)}")
        if job.state is JobState.QUEUED and job.model not in here:
            context.say(f"      waits for a model: 'aircheck models get {escape(job.model)}'")
    if not told:
        context.say("Nothing waits to be transcribed.")


def _title(context: Context, job: Job) -> str:
    try:
        return context.archive.find(job.session).info().title
    except AircheckError:  # the session may be gone, and the job be listed all the same
        return "?"


def _queued_json(job: Job) -> dict[str, Any]:
    return {
        "number": job.id,
        "session": job.session,
        "model": job.model,
        "engine": job.engine,
        "task": job.task,
        "by_channel": job.by_channel,
        "state": job.state,
        "progress": job.progress,
        "left_s": job.left_s,
        "problem": job.error,
    }


def _queue_step(
    name: str, about: str, step: Callable[[Queue, int], Job], states: Collection[JobState]
) -> None:
    """Give the group a command that does one thing to one job.

    Args:
        name: The command's.
        about: What it does.
        step: Does it.
        states: Of the job where it could be done.
    """

    @queue_command.command(name, help=about)
    @click.argument("number", type=click.IntRange(1, _LARGEST_NUMBER))
    @json_option
    @pass_context
    def _step(context: Context, number: int) -> None:
        with _queue(context) as jobs:
            job = step(jobs, number)
        if context.as_json:
            context.answer(_queued_json(job))
        else:
            is_so = job.state in states
            context.say(f"{'[green]✓[/]' if is_so else '[yellow]![/]'} {job.id}: {job.state}")
            if job.state == "queued":
                context.say("  'aircheck transcribe --pending' does it, if nothing is at it yet.")


_WAITS = (JobState.QUEUED, JobState.RUNNING)
_queue_step("pause", "Let NUMBER rest; what is done of it is kept.", Queue.pause, [JobState.PAUSED])
_queue_step("resume", "Let NUMBER go on, or try again what failed.", Queue.resume, _WAITS)
_queue_step("cancel", "Do not transcribe NUMBER.", Queue.cancel, [JobState.CANCELLED])
_queue_step("first", "Do NUMBER before all others.", Queue.prefer, (*_WAITS, JobState.PAUSED))


def _queue(context: Context) -> contextlib.closing[Queue]:
    return contextlib.closing(Queue(path_of(context.settings.archive)))


@click.group("models", invoke_without_command=True)
@json_option
@click.pass_context
def models_command(ctx: click.Context) -> None:
    """List Whisper's models, get one, add a file, or remove one."""
    if ctx.invoked_subcommand is None:
        _list_models(ctx.ensure_object(Context))


@models_command.command("list")
@json_option
@pass_context
def _list_command(context: Context) -> None:
    """List the models."""
    _list_models(context)


def _list_models(context: Context) -> None:
    weights = Weights(context.settings.models)
    models = weights.models()
    if context.as_json:
        context.answer({"models": [_model_json(model) for model in models]})
        return
    suiting_one, used = suiting.model(), weights.automatic(context.settings.model)
    for model in models:
        sign = "[green]✓[/]" if model.is_here else "[dim]·[/]"
        size = f"{model.size_bytes / 1e6:,.0f} MB"
        notes = ["suits this machine"] * (model.name == suiting_one)
        notes += ["transcribes, unless told otherwise"] * (model.name == used and model.is_here)
        told = f"  [cyan]← {', '.join(notes)}[/]" if notes else ""
        context.say(f"{sign} [bold]{model.name:<18}[/]{size:>10}  {escape(model.about)}{told}")
    context.say(f"[dim]✓ is on this machine, in {escape(str(context.settings.models))}[/]")


def _model_json(model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "size_bytes": model.size_bytes,
        "sha256": model.sha256,
        "is_here": model.is_here,
        "languages": list(model.languages),
        "suits": model.name == suiting.model(),
        "about": model.about,
    }


@models_command.command("get")
@click.argument("name")
@json_option
@pass_context
def _get_command(context: Context, name: str) -> None:
    """Download a model; goes on where an earlier download ended."""
    bars = Progress(
        TextColumn("  {task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=context.console,
        disable=context.as_json or not context.console.is_terminal,
    )
    with bars:
        task = bars.add_task(escape(name))
        try:
            model = Weights(context.settings.models).get(
                name, lambda done, total: bars.update(task, completed=done, total=total)
            )
        except KeyboardInterrupt as stop:
            raise DownloadFailed(f"The download of {name} was stopped.", safe=KEPT) from stop
    _say_model(context, model)


@models_command.command("add")
@click.argument("file", type=NamedPath(is_file=True))
@json_option
@pass_context
def _add_command(context: Context, file: Path) -> None:
    """Take a copy of a Whisper checkpoint file."""
    _say_model(context, Weights(context.settings.models).add(file))


@models_command.command("remove")
@click.argument("name")
@json_option
@pass_context
def _remove_command(context: Context, name: str) -> None:
    """Delete a model from this machine; OpenAI's can be downloaded again."""
    Weights(context.settings.models).remove(name)
    if context.as_json:
        context.answer({"name": name, "is_here": False})
    else:
        context.say(f"[green]✓[/] {escape(name)} is not on this machine any more.")


def _say_model(context: Context, model: Model) -> None:
    if context.as_json:
        context.answer(_model_json(model))
    else:
        context.say(f"[green]✓[/] {model.name} is on this machine.")
