"""The command `vekha registry`: registers loaded, listed and removed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.filesize import decimal
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn

from api.commands.linking import linked, tell_links
from api.commands.terminal import FAILED, Command, pass_command, print_table, printable, progress_bar
from api.importing.loading import HandOverError
from api.registers.automatic import LinkRequest
from api.registers.registries import RegistryRequest, change_registry
from graph.errors import NothingLoadedError
from loaders.messages import DocumentError
from loaders.registries.editions import loaded_editions
from loaders.registries.registers import REGISTERS

if TYPE_CHECKING:
    from datetime import datetime

    from api.importing.loading import Event, Report
    from api.language import Language

# So many wrong numbers are printed; the data hold all.
_PRINTED = 20
LEFT_OUT = {
    "personal-number": "numbers of natural persons",
    "person": "entries of natural persons",
    "settlement": "settlements",
    "heading": "headings of groups",
    "inactive": "entries not in force",
    "small-address": "streets and houses",
}


@click.group
def registry() -> None:
    pass


@registry.command(
    name="load",
    help=(
        "Load FILE as an edition of a register: plain, or the one file of a zip. Numbers that break a rule are listed "
        "and kept; personal data are left out."
    ),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--register", required=True, help="Name of the register; any name with --mapping.")
@click.option("--edition", default="", help="Name of the edition; the date in the name of the file if not given.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Date of the data, as 2024-01-01.")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="YAML file that says which column is what, for a register of any other form.",
)
@click.option("--source", default="", help="Whence the file is; kept with the edition.")
@click.option("--licence", default="", help="Licence of the data; kept with the edition.")
@click.option("--personal", is_flag=True, help="Also load names of heads and founders who are natural persons.")
@click.option(
    "--link/--no-link",
    "linking",
    default=None,
    help="Then link bodies and territories where that is sure (vekha link), or do not ask.",
)
@click.option("--everything", is_flag=True, help="Also entries that are usually left out: settlements, streets.")
@pass_command
def load(
    command: Command,
    *,
    file: Path,
    register: str,
    edition: str,
    day: datetime | None,
    mapping: Path | None,
    source: str,
    licence: str,
    personal: bool,
    everything: bool,
    linking: bool | None,
) -> None:
    request = RegistryRequest(
        action="load",
        register_name=register,
        path=file.absolute(),
        mapping=mapping.absolute() if mapping else None,
        edition=edition,
        day=day.date() if day else None,
        source=source,
        licence=licence,
        personal=personal,
        everything=everything,
    )
    _tell(command.language, _change(command, request))
    _offer_links(command, linking)


@registry.command(name="list", help="List the editions that are loaded, and the registers that are known by name.")
@pass_command
def list_editions(command: Command) -> None:
    text, clock = command.language.text, command.installation().clock
    try:
        editions = loaded_editions(command.installation().versions.newest())
    except NothingLoadedError:
        editions = []
    titles = [text("register"), text("edition"), text("entries"), text("wrong numbers"), text("current")]
    print_table(
        [*titles, text("source"), text("licence"), text("loaded on")],
        [
            (
                one.register,
                one.edition,
                str(one.records),
                str(one.warned),
                text("yes") if one.current else text("no"),
                one.source,
                one.licence,
                clock.here(one.loaded).date().isoformat(),
            )
            for one in editions
        ],
        numeric=(False, False, True, True),
    )
    known = ", ".join(f"{register.name} ({register.title})" for register in REGISTERS.values())
    click.echo(text("Known by name: {registers}", registers=known))


@registry.command(name="remove", help="Remove a REGISTER, or one edition of it; the newest that stays is current.")
@click.argument("register")
@click.option("--edition", default="", help="Only the edition of this name.")
@pass_command
def remove(command: Command, register: str, edition: str) -> None:
    made = _change(command, RegistryRequest(action="remove", register_name=register, edition=edition))
    told = ", ".join(made["removed"])
    click.echo(command.language.text("Removed from {register}: {editions}", register=register, editions=told))


def _offer_links(command: Command, linking: bool | None) -> None:  # noqa: FBT001  (an option of three values)
    """Link, or ask whether to; where nobody can answer, tell how."""
    text = command.language.text
    if linking is None and sys.stdin.isatty() and sys.stdout.isatty():
        linking = click.confirm(text("Link bodies and territories to entries where that is sure?"), default=True)
    if linking:
        try:
            tell_links(command.language, linked(command, LinkRequest()))
        except NothingLoadedError:
            click.echo(text("No document is loaded yet; nothing can be linked."))
    elif linking is None:
        click.echo(text("Now bodies and territories can be linked to entries: vekha link"))


def _change(command: Command, request: RegistryRequest) -> Report:
    language = command.language
    stages = {"read": language.text("reading"), "write": language.text("storing")}
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[size]}"))
    try:
        with progress_bar(*columns, TimeRemainingColumn()) as bar:
            # What is stored has no size that is known before: a stage has a bar of its own.
            tasks = {"read": bar.add_task(stages["read"], total=None, size="")}

            def tell(event: Event) -> None:
                stage, total = event["stage"], event["total"]
                if stage not in tasks:
                    for task in tasks.values():
                        bar.update(task, visible=False)
                    tasks[stage] = bar.add_task(stages[stage], total=None, size="")
                bar.update(
                    tasks[stage],
                    description=printable(f"{stages[stage]} {event['file']}"),
                    total=total or None,
                    completed=event["done"],
                    size=f"{decimal(event['done'])} / {decimal(total)}" if total else "",
                )

            return change_registry(command.settings(), request, tell, language=language.code)
    except KeyboardInterrupt:
        command.say("Stopped; nothing of the register was stored.")
        raise click.exceptions.Exit(FAILED) from None
    except DocumentError as error:
        raise click.UsageError(language.text(error.message.template, **error.message.values)) from None
    except HandOverError as error:
        problem = language.text("The running server did not do it: {problem}", problem=error)
        raise click.ClickException(problem) from None


def _tell(language: Language, report: dict[str, Any]) -> None:
    text = language.text
    if report["status"] == "unchanged":
        click.echo(text("Edition {edition} of {register} is loaded already from this file.", **_named(report)))
        return
    seconds = sum(report["seconds"].values())
    click.echo(
        text(
            "{register}, edition {edition}: {records} entries, {triples} statements, {seconds} s; "
            "data version {version}",
            **_named(report),
            records=report["records"],
            triples=report["triples"],
            seconds=f"{seconds:.1f}",
            version=report["version"],
        )
    )
    if not report["current"]:
        click.echo(text("A newer edition is loaded, which stays current."))
    for reason, count in report["left_out"].items():
        click.echo(text("Left out: {what}: {count}", what=text(LEFT_OUT[reason]), count=count))
    if report["placed"] or report["unplaced"]:
        click.echo(
            text(
                "Organisations with a municipality, by code of ОКТМО or address: {placed}; without: {unplaced}",
                placed=report["placed"],
                unplaced=report["unplaced"],
            )
        )
        if not report["municipalities"]:
            click.echo(text("No register of territories is loaded; when one is, organisations get their municipality."))
    if report["early"]:
        click.echo(
            text(
                "Of these {count} have none because municipalities are known from {day} on only, and the edition is of "
                "an earlier date: {editions}. If its data are newer, load it with --date; else load a register of "
                "territories that reaches back so far.",
                count=report["early"],
                day=report["known_from"],
                editions=", ".join(report["early_editions"]),
            )
        )
    if report["warned"]:
        click.echo(text("Numbers that break a rule, kept as printed: {count}", count=report["warned"]))
        print_table(
            [text("place"), text("scheme"), text("number"), text("problem")],
            [
                (one["place"], one["scheme"], printable(one["value"]), text(one["problem"]))
                for one in report["warnings"][:_PRINTED]
            ],
        )


def _named(report: dict[str, Any]) -> dict[str, str]:
    return {"register": report["register"], "edition": report["edition"]}
