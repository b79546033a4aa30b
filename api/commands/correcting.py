"""Commands with which people correct what was read: `correct`, `profile`."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_args

import click

from api.commands.terminal import Command, pass_command, print_table, printable
from api.corrections.making import CorrectionRequest, change, outcome_words
from api.importing.loading import HandOverError
from api.places import place_in, place_of_data
from loaders.cells import UnreadableDocumentError
from loaders.corrected_values import CorrectionError
from loaders.correction_record import CorrectionRecord, roadmap_named
from loaders.corrections import LISTED
from loaders.extract import extract as extract_file
from loaders.extraction import CorrectedField
from loaders.profile import ProfileError, load_profile, profile_path, profile_text
from ontology.reference import load_reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.clock import Clock
    from api.corrections.making import Answer
    from api.language import Language
    from loaders.correction_record import RecordedCorrection
    from loaders.extraction import Operation
    from loaders.messages import DocumentError

Found = TypeVar("Found")

_author = click.option("--author", help="Who corrects; the user of this computer if not given. Readers see the name.")


@click.group
def correct() -> None:
    pass


@correct.command(
    name="add",
    help=(
        "Correct one FIELD of a loaded DOCUMENT: actor, deadline, theme, text, kind, number, section or level of the "
        "row of a cell; level, territory or period of the document. The value is written as the document would say it."
    ),
)
@click.argument("document")
@click.argument("field", type=click.Choice(get_args(CorrectedField)))
@click.argument("value", required=False)
@click.option("--cell", help="Address of the cell, as pages and reports print it: «строка 9, столбец 5».")
@click.option("--instead", help="The actor or theme that the value replaces; without it one is added.")
@click.option("--remove", is_flag=True, help="Remove the value from what was read.")
@click.option("--reason", help="Why; kept with the correction.")
@_author
@pass_command
def add(
    command: Command,
    *,
    document: str,
    field: CorrectedField,
    value: str | None,
    cell: str | None,
    instead: str | None,
    remove: bool,
    reason: str | None,
    author: str | None,
) -> None:
    text = command.language.text
    if value is None and not remove:
        raise click.UsageError(text("Say the right value, or --remove"))
    operation: Operation = "remove" if remove else "add" if field in LISTED and instead is None else "replace"
    made = _change(
        command,
        CorrectionRequest(
            author=author or getpass.getuser(),
            document=document,
            field=field,
            operation=operation,
            value=None if remove else value,
            instead=value if remove else instead,
            cell=place_of_data(cell) if cell else None,
            reason=reason,
        ),
    )
    click.echo(text("Correction {name} is recorded.", name=made["name"]))
    if made["cell"]:
        told = text(
            "It holds while {place} says: «{text}».",
            place=place_in(command.language, made["cell"]),
            text=made["expects"],
        )
        click.echo(printable(told))
    _tell_effect(command.language, made)


@correct.command(name="list", help="List the corrections of a DOCUMENT, or of all, with what came of them.")
@click.argument("document", required=False)
@click.option("--all", "everything", is_flag=True, help="Also those that were undone.")
@pass_command
def list_corrections(command: Command, *, document: str | None, everything: bool) -> None:
    language = command.language
    installation = command.installation()
    snapshot = installation.versions.newest()
    roadmap = None
    if document is not None:
        roadmap = _told(lambda: roadmap_named(snapshot, document, installation.iris), language)
    recorded = CorrectionRecord.read(snapshot, installation.iris).all(roadmap)
    text = language.text
    titles = [text("correction"), text("cell"), text("what"), text("value"), text("instead of"), text("who")]
    print_table(
        [*titles, text("when"), text("what came of it")],
        [_line(one, language, installation.clock) for one in recorded if everything or one.correction.undone is None],
    )


@correct.command(name="undo", help="Undo the correction NAME: the document is read as if it had never been.")
@click.argument("name")
@_author
@pass_command
def undo(command: Command, name: str, author: str | None) -> None:
    made = _change(command, CorrectionRequest(author=author or getpass.getuser(), undo=name))
    click.echo(command.language.text("Correction {name} is undone.", name=made["name"]))
    _tell_effect(command.language, made)


@click.command
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--write", is_flag=True, help="Write it beside the document instead of printing it.")
@pass_command
def profile(command: Command, file: Path, *, write: bool) -> None:
    target = profile_path(file)
    if write and target.exists():
        text = command.language.text
        raise click.UsageError(text("{file} exists already; edit it, or delete it and write it anew", file=target.name))

    def read() -> str:
        known = load_profile(target)
        return profile_text(extract_file(file, reference=load_reference(), profile=known), known)

    found = _told(read, command.language)
    if write:
        target.write_text(found, encoding="utf-8")
        click.echo(command.language.text("Written: {file}", file=target.name))
    else:
        click.echo(found, nl=False)


def _change(command: Command, request: CorrectionRequest) -> Answer:
    language = command.language
    try:
        return _told(lambda: change(command.settings(), request, language), language)
    except HandOverError as error:
        problem = language.text("The running server did not correct: {problem}", problem=error)
        raise click.ClickException(problem) from None


def _tell_effect(language: Language, made: Answer) -> None:
    """From which data version on the correction holds, or why it does not yet."""
    document = made["document"]
    if document is None or document["status"] == "failed":
        for note in document["errors"] if document else []:
            click.echo(printable(language.told(note["message"])))
        click.echo(language.text("It takes effect when the document is loaded again: vekha load FILE"))
        return
    outcome = next((one for one in document["corrections"] if one["key"] == made["key"]), None)
    if outcome is not None and outcome["outcome"] != "applied":
        click.echo(printable(outcome_words(outcome["outcome"], outcome["found"], language)))
        return
    told = language.text("The document was read again: data version {version}.", version=made["version"])
    click.echo(told)


def _told(work: Callable[[], Found], language: Language) -> Found:
    """What `work` gives; its refusals in the language of the run."""
    try:
        return work()
    except (CorrectionError, ProfileError, UnreadableDocumentError) as error:
        raise click.UsageError(_words(error, language)) from None


def _words(error: DocumentError, language: Language) -> str:
    return language.text(error.message.template, **error.message.values)


def _line(one: RecordedCorrection, language: Language, clock: Clock) -> tuple[str, ...]:
    correction, text = one.correction, language.text
    state = outcome_words(one.outcome, one.found, language)
    if correction.undone is not None:
        state = text(
            "undone by {author} on {date}", author=correction.undone_by or "", date=clock.day_of(correction.undone)
        )
    value = text("(removed)") if correction.operation == "remove" else correction.value or ""
    return (
        f"{correction.roadmap}_{correction.key}",
        place_in(language, correction.cell or ""),
        correction.field,
        value,
        correction.instead or "",
        correction.author,
        clock.day_of(correction.made),
        state,
    )
