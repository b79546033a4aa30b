"""Commands that read documents and serve: `demo`, `serve`, `load`, `reload`, `extract`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from api.commands.examples import example_documents
from api.commands.terminal import FAILED, Command, console, pass_command, printable, progress_bar
from api.importing.loading import HandOverError, address_of_server, reading_limits
from api.importing.loading import load as load_documents
from api.importing.loading import reload as reload_documents
from api.places import place_in
from loaders.corrected_values import CorrectionError
from loaders.reading_process import extract_in_process
from ontology import FOLDER
from ontology.generation import read_terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.importing.loading import Event, Report
    from api.language import Language
    from api.settings import Settings

# Of more documents doubts are counted, not told: `vekha review` shows them.
_FEW: Final = 20

_port = click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on (VEKHA_PORT); 0 takes a free one."
)


@click.command
@_port
@pass_command
def demo(command: Command, port: int | None) -> None:
    values, code = command.settings(port=port), command.language.code
    report = _load(command, lambda tell: load_documents(values, example_documents(), tell, language=code))
    if not report["complete"]:
        _print_report(command, report)
    address = address_of_server(values)
    if address is None:
        _serve(command, values, with_link=True)
    else:
        click.echo(command.language.text("Vekha answers at {address} already", address=address))


@click.command
@_port
@click.option("--host", help="Address to listen on (VEKHA_HOST).")
@pass_command
def serve(command: Command, port: int | None, host: str | None) -> None:
    _serve(command, command.settings(port=port, host=host))


@click.command
@click.argument("paths", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@pass_command
def load(command: Command, paths: tuple[Path, ...]) -> int:
    values, code = command.settings(), command.language.code
    report = _load(command, lambda tell: load_documents(values, paths, tell, language=code))
    _print_report(command, report)
    return 0 if report["complete"] else FAILED


@click.command
@click.argument("documents", nargs=-1)
@pass_command
def reload(command: Command, documents: tuple[str, ...]) -> int:
    values, code = command.settings(), command.language.code
    try:
        report = _load(command, lambda tell: reload_documents(values, documents, tell, language=code))
    except CorrectionError as error:
        raise click.UsageError(command.language.text(error.message.template, **error.message.values)) from None
    _print_report(command, report)
    return 0 if report["complete"] else FAILED


@click.command
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pass_command
def extract(command: Command, file: Path) -> None:
    (reading,) = extract_in_process([file], limits=reading_limits(command.settings()))
    if reading.extraction is None:
        assert reading.message is not None
        raise click.UsageError(command.language.told(asdict(reading.message)))
    click.echo(json.dumps(reading.extraction.to_json(), ensure_ascii=False, indent=2))


def _load(command: Command, load: Callable[[Callable[[Event], None]], Report]) -> Report:
    """What `load` reports; a bar on the terminal shows how far it is."""
    text = command.language.text
    stages = {"read": text("reading"), "check": text("checking"), "commit": text("storing")}
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with progress_bar(*columns) as bar:
        task = bar.add_task(stages["read"], total=None)

        def tell(event: Event) -> None:
            words = " ".join(filter(None, (stages[event["stage"]], event["file"])))
            bar.update(task, description=words, total=event["total"], completed=event["done"])

        try:
            return load(tell)
        except KeyboardInterrupt:
            bar.stop()
            command.say("Stopped; what was stored stays, and the same command goes on from there.")
            raise click.exceptions.Exit(FAILED) from None
        except HandOverError as error:
            problem = command.language.text("The running server did not load: {problem}", problem=error)
            raise click.ClickException(problem) from None


def _print_report(command: Command, report: Report) -> None:
    """One line for each document, below it what a person should look at."""
    language, out = command.language, console()

    def tell(text: str) -> None:
        out.print(printable(text), soft_wrap=True)

    statuses = {
        "loaded": language.text("loaded"),
        "unchanged": language.text("unchanged"),
        "failed": language.text("not loaded"),
    }
    many = len(report["documents"]) > _FEW
    for document in report["documents"]:
        if many and document["status"] == "unchanged":
            continue
        counts = [_counted(kind, count, language) for kind, count in document["rows"].items()]
        doubts = len(document["left_out"]) + len(document["warnings"]) + len(document["doubts"])
        if many and doubts:
            counts.append(language.plural("{count} doubt", "{count} doubts", doubts))
        tell(f"{document['file']}: {', '.join([statuses[document['status']], *counts])}")
        for note in document["errors"]:
            tell(f"  ✗ {_line(note, language)}")
        if document["previous"]:
            told = language.text("new edition: {changes}", changes=_changes(document["changes"], language))
            tell(f"  ± {told}")
        if many:
            continue
        for table in document["left_out"]:
            reason = language.text(
                "table {table} left out: {reason}", table=table["table"], reason=_line(table, language)
            )
            tell(f"  – {reason}")
        for sign, notes in (("!", document["warnings"]), ("?", document["doubts"])):
            for note in notes:
                tell(f"  {sign} {_line(note, language)}")
    for note in report["notes"]:
        tell(f"– {_line(note, language)}")
    counted = {
        status: sum(document["status"] == status for document in report["documents"])
        for status in ("loaded", "unchanged", "failed")
    }
    tell(
        language.text(
            "Data version {version}; {loaded} loaded, {unchanged} unchanged, {failed} not loaded, {seconds} s",
            version=report["version"],
            seconds=report["seconds"],
            **counted,
        )
    )


def _line(note: dict[str, Any], language: Language) -> str:
    """The sentence of a note between its place and the text that it is about."""
    place = f"{place_in(language, note['place'])}: " if note.get("place") else ""
    text = f": «{note['text']}»" if note["text"] else ""
    return f"{place}{language.told(note['message'])}{text}"


def _changes(counts: dict[str, int], language: Language) -> str:
    terms = read_terms([FOLDER / "schemes" / "change.ttl"])
    labels = {iri.rpartition("/")[2]: term.labels for iri, term in terms.items()}
    told = [f"{labels[kind][language.code]} ({count})" for kind, count in counts.items()]
    return ", ".join(told) or language.text("the rows say the same")


def _counted(kind: str, count: int, language: Language) -> str:
    match kind:
        case "activity":
            return language.plural("{count} activity", "{count} activities", count)
        case "result":
            return language.plural("{count} result", "{count} results", count)
        case "form-item":
            return language.plural("{count} form item", "{count} form items", count)
        case _:
            return f"{kind}: {count}"


def _serve(command: Command, values: Settings, *, with_link: bool = False) -> None:
    from api.operation.serving import PortTakenError  # noqa: PLC0415  (the server takes half a second to import)
    from api.operation.serving import serve as serve_until_stopped  # noqa: PLC0415

    address = address_of_server(values)
    if address is not None:
        raise click.ClickException(
            command.language.text("The data folder is served already at {address}", address=address)
        )

    def announce(address: str, link: str | None) -> None:
        click.echo(command.language.text("Vekha answers at {address} (Ctrl+C stops it)", address=address))
        if link is not None:
            click.echo(command.language.text("To import and correct, sign in once: {link}", link=link))

    try:
        serve_until_stopped(values, announce, with_link=with_link)
    except PortTakenError as error:
        raise click.UsageError(
            command.language.text(
                "Port {port} of {host} cannot be used ({reason}); choose another with --port",
                port=error.port,
                host=error.host,
                reason=error.reason,
            )
        ) from None
