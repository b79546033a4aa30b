"""The command `vekha link`: bodies and territories of the documents linked to entries of registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

from api.commands.terminal import FAILED, Command, pass_command, print_table, printable, progress_bar
from api.importing.loading import HandOverError
from api.registers.automatic import RULES, LinkRequest
from api.registers.automatic import link as link_things

if TYPE_CHECKING:
    from api.importing.loading import Event, Report
    from api.language import Language


@click.command
@click.option("--dry-run", is_flag=True, help="Only tell what would be linked.")
@pass_command
def link(command: Command, *, dry_run: bool) -> None:
    tell_links(command.language, linked(command, LinkRequest(dry_run=dry_run)))


def linked(command: Command, request: LinkRequest) -> Report:
    """What came of linking, with a bar of progress."""
    language = command.language
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    try:
        with progress_bar(*columns) as bar:
            task = bar.add_task(language.text("comparing"), total=None)

            def tell(event: Event) -> None:
                words = printable(f"{language.text('comparing')} {event['file']}"[:70])
                bar.update(task, description=words, total=event["total"] or None, completed=event["done"])

            return link_things(command.settings(), request, tell, language=language.code)
    except KeyboardInterrupt:
        command.say("Stopped; nothing was linked.")
        raise click.exceptions.Exit(FAILED) from None
    except HandOverError as error:
        problem = language.text("The running server did not do it: {problem}", problem=error)
        raise click.ClickException(problem) from None


def tell_links(language: Language, report: Report) -> None:
    text, accepted = language.text, report["accepted"]
    if not report["registers"]:
        click.echo(text("No register is loaded yet. Load one with: vekha registry load FILE --register NAME"))
    if accepted:
        print_table(
            [text("what"), text("entry"), text("register"), text("rule"), text("likeness")],
            [
                (one["name"], one["entry"], one["register"], text(RULES[one["rule"]]), f"{100 * one['score']:.0f} %")
                for one in accepted
            ],
            numeric=(False, False, False, False, True),
        )
    told = "Would be linked by the program: {count}" if report["dry_run"] else "Linked by the program: {count}"
    click.echo(text(told, count=len(accepted)))
    for words, name in (
        ("Linked by the program before: {count}", "linked"),
        ("Decided by people before: {count}", "decided"),
        ("In the queue with candidates, for people to decide at /linking: {count}", "queued"),
        ("In the queue without a candidate: {count}", "without"),
    ):
        click.echo(text(words, count=report[name]))
    if report["version"]:
        click.echo(text("Data version {version}", version=report["version"]))
