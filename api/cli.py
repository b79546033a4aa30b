"""
The command `vekha`.

Messages are in the language of `--lang`, else of the system, else Russian.  No traceback reaches a person: an error is
one sentence on stderr with an exit status: 1 it could not be done, 2 it was asked wrongly or a file cannot be read.
"""

from __future__ import annotations

import copy
import json
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from api.asking import ask, export, query
from api.examples import example_documents
from api.language import read_language
from api.loading import HandOverError, is_complete
from api.loading import load as load_documents
from api.serving import PortTakenError, address_of_server
from api.serving import serve as serve_until_stopped
from api.settings import Settings, SettingsError
from api.terminal import (
    FAILED,
    LANGUAGES,
    WRONGLY_ASKED,
    Command,
    console,
    pass_command,
    print_table,
    printable,
    system_language,
)
from graph.errors import GraphError
from loaders.cells import UnreadableDocumentError
from loaders.extract import extract as extract_file
from loaders.profile import ProfileError
from ontology.reference import load_reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.language import Language
    from api.loading import Event, Report


@click.group(
    name="vekha",
    help="Vekha: roadmaps as a knowledge graph that can be questioned.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="vekha")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of messages and labels; may stand anywhere.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder (VEKHA_DATA).")
@click.pass_context
def vekha(context: click.Context, lang: str | None, data: Path | None) -> None:  # noqa: ARG001  (`run` reads --lang)
    context.obj.data = data


_port = click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on (VEKHA_PORT); 0 takes a free one."
)


@vekha.command(help="Load the five example roadmaps and serve them.")
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


@vekha.command(help="Serve the pages, the questions and SPARQL.")
@_port
@click.option("--host", help="Address to listen on (VEKHA_HOST).")
@pass_command
def serve(command: Command, port: int | None, host: str | None) -> None:
    _serve(command, command.settings(port=port, host=host))


@vekha.command(help="Load documents: files, or folders with all their files.")
@click.argument("paths", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@pass_command
def load(command: Command, paths: tuple[Path, ...]) -> int:
    report = _load(command, command.settings(), paths)
    _print_report(command, report)
    return 0 if is_complete(report) else FAILED


@vekha.command(help="Print what is read from a document, as JSON; nothing is stored.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def extract(file: Path) -> None:
    found = extract_file(file, reference=load_reference())
    click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))


@vekha.command(help="Check the settings and print them.")
@pass_command
def settings(command: Command) -> None:
    values, text = command.settings(), command.language.text
    names = {name: field.description or "" for name, field in Settings.model_fields.items()}
    print_table(
        [text("setting"), text("value"), text("meaning")],
        [(f"VEKHA_{name.upper()}", str(getattr(values, name)), text(words)) for name, words in names.items()],
    )


def _load(command: Command, values: Settings, paths: Sequence[Path]) -> Report:
    text = command.language.text
    stages = {"read": text("reading"), "check": text("checking"), "commit": text("storing")}
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(stages["read"], total=None)

        def tell(event: Event) -> None:
            words = " ".join(filter(None, (stages[event["stage"]], event["file"])))
            bar.update(task, description=words, total=event["total"], completed=event["position"] - 1)

        return load_documents(values, paths, tell)


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


vekha.add_command(ask)
vekha.add_command(query)
vekha.add_command(export)


def run(arguments: Sequence[str]) -> int:
    """The exit status of `vekha` with these arguments."""
    arguments, code = _without_language(arguments)
    language = read_language(code)
    command = Command(language)
    try:
        status = _translated(vekha, language).main(list(arguments), obj=command, standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        command.say("Stopped.")
        return FAILED
    except click.ClickException as error:
        command.say("Error: {problem}", problem=error.format_message())
        return WRONGLY_ASKED
    except GraphError as error:
        command.say("Error: {problem}", problem=language.text(error.template, **error.values))
        return FAILED
    except HandOverError as error:
        command.say("The running server did not load: {problem}", problem=error)
        return FAILED
    except (SettingsError, UnreadableDocumentError, ProfileError) as error:
        command.say("Error: {problem}", problem=error)
        return WRONGLY_ASKED
    except BrokenPipeError:
        # `vekha … | head`: the reader has what it wanted.
        sys.stderr.close()
        return 0
    except OSError as error:
        command.say("Error: {problem}", problem=f"{error.filename or ''}: {error.strerror or error}".lstrip(": "))
        return FAILED
    except Exception:  # noqa: BLE001  (the last line of defence: words for the person, the traceback into a file)
        with tempfile.NamedTemporaryFile("w", prefix="vekha-", suffix=".log", delete=False, encoding="utf-8") as log:
            log.write(traceback.format_exc())
        command.say("This is an error of the program. What happened is written in {file}.", file=log.name)
        return FAILED
    return status if isinstance(status, int) else 0


def main() -> None:
    sys.exit(run(sys.argv[1:]))


def _without_language(arguments: Sequence[str]) -> tuple[list[str], str]:
    """The arguments without `--lang`, which may stand anywhere, and the language; a wrong value is left to click."""
    rest: list[str] = []
    code = system_language()
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if name == "--lang":
            value = value if equals else next(waiting, "")
            if value in LANGUAGES:
                code = value
            else:
                rest[:0] = ["--lang", value]
        else:
            rest.append(argument)
    return rest, code


def _translated(group: click.Group, language: Language) -> click.Group:
    """A copy of the commands whose help is in the language."""
    translated = copy.copy(group)
    translated.help = language.text(group.help) if group.help else None
    translated.params = [_translated_option(parameter, language) for parameter in group.params]
    translated.commands = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            translated.commands[name] = _translated(command, language)
            continue
        copied = copy.copy(command)
        copied.help = language.text(command.help) if command.help else None
        copied.params = [_translated_option(parameter, language) for parameter in command.params]
        translated.commands[name] = copied
    return translated


def _translated_option(parameter: click.Parameter, language: Language) -> click.Parameter:
    copied = copy.copy(parameter)
    if isinstance(copied, click.Option) and copied.help:
        copied.help = language.text(copied.help)
    return copied
