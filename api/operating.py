"""Commands that read documents and serve: `demo`, `serve`, `load`, `extract`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from api.examples import example_documents
from api.loading import HandOverError, is_complete
from api.loading import load as load_documents
from api.serving import PortTakenError, address_of_server
from api.serving import serve as serve_until_stopped
from api.terminal import FAILED, Command, console, pass_command, printable
from loaders.cells import UnreadableDocumentError
from loaders.extract import extract as extract_file
from loaders.profile import ProfileError
from ontology.reference import load_reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.language import Language
    from api.loading import Event, Report
    from api.settings import Settings

_port = click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on (VEKHA_PORT); 0 takes a free one."
)


@click.command(help="Load the five example roadmaps and serve them.")
@_port
@pass_command
def demo(command: Command, port: int | None) -> None:
    values = command.settings(port=port)
    report = _load(command, values, example_documents())
    if not is_complete(report):
        _print_report(command, report)
    address = address_of_server(values)
    if address is None:
        _serve(command, values)
    else:
        click.echo(command.language.text("Vekha answers at {address} already", address=address))


@click.command(help="Serve the pages, the questions and SPARQL.")
@_port
@click.option("--host", help="Address to listen on (VEKHA_HOST).")
@pass_command
def serve(command: Command, port: int | None, host: str | None) -> None:
    _serve(command, command.settings(port=port, host=host))


@click.command(help="Load documents: files, or folders with all their files.")
@click.argument("paths", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@pass_command
def load(command: Command, paths: tuple[Path, ...]) -> int:
    report = _load(command, command.settings(), paths)
    _print_report(command, report)
    return 0 if is_complete(report) else FAILED


@click.command(help="Print what is read from a document, as JSON; nothing is stored.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def extract(file: Path) -> None:
    try:
        found = extract_file(file, reference=load_reference())
    except (UnreadableDocumentError, ProfileError) as error:
        raise click.UsageError(str(error)) from None
    click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))


def _load(command: Command, values: Settings, paths: Sequence[Path]) -> Report:
    text = command.language.text
    stages = {"read": text("reading"), "check": text("checking"), "commit": text("storing")}
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(stages["read"], total=None)

        def tell(event: Event) -> None:
            words = " ".join(filter(None, (stages[event["stage"]], event["file"])))
            bar.update(task, description=words, total=event["total"], completed=event["position"] - 1)

        try:
            return load_documents(values, paths, tell)
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
    for document in report["documents"]:
        counts = [_counted(kind, count, language) for kind, count in document["rows"].items()]
        tell(f"{document['file']}: {', '.join([statuses[document['status']], *counts])}")
        for table in document["left_out"]:
            reason = language.text("table {table} left out: {reason}", table=table["table"], reason=table["reason"])
            tell(f"  – {reason}")
        for sign, notes in (("✗", document["errors"]), ("!", document["warnings"]), ("?", document["doubts"])):
            for note in notes:
                message = note["messages"].get(language.code) or note["messages"]["en"]
                place = f"{note['place']}: " if note["place"] else ""
                tell(f"  {sign} {place}{message}")
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


def _serve(command: Command, values: Settings) -> None:
    address = address_of_server(values)
    if address is not None:
        raise click.ClickException(
            command.language.text("The data folder is served already at {address}", address=address)
        )

    def announce(address: str) -> None:
        click.echo(command.language.text("Vekha answers at {address} (Ctrl+C stops it)", address=address))

    try:
        serve_until_stopped(values, announce)
    except PortTakenError as error:
        raise click.UsageError(
            command.language.text(
                "Port {port} of {host} cannot be used ({reason}); choose another with --port",
                port=error.port,
                host=error.host,
                reason=error.reason,
            )
        ) from None
