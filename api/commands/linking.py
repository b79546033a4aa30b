"""The command `vekha link`: bodies and territories of the documents linked to entries of registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

from api.commands.terminal import FAILED, Command, pass_command, print_table, printable, progress_bar
from api.importing.loading import HandOverError
from api.registers.asking import Of, ServiceRequest, ask_service, client_of
from api.registers.automatic import RULES, LinkRequest
from api.registers.automatic import link as link_things
from graph.errors import ServiceAddressError

if TYPE_CHECKING:
    from api.importing.loading import Event, Report
    from api.language import Language
    from api.registers.asking import ServiceReport


@click.command
@click.option("--dry-run", is_flag=True, help="Only tell what would be linked.")
@click.option(
    "--service",
    metavar="URL",
    help=(
        "Ask this reconciliation service (W3C API 0.2 or 1.0 draft, Wikidata's say) for candidates instead; people "
        "decide on them at /linking."
    ),
)
@click.option("--type", "kind", default="", help="Type of the service in which to look.")
@click.option("--limit", type=click.IntRange(1, 20), default=5, show_default=True, help="Candidates of each thing.")
@click.option(
    "--of",
    type=click.Choice(get_args(Of)),
    default="all",
    show_default=True,
    help="Ask only for bodies or territories.",
)
@click.option(
    "--days", type=click.FloatRange(0), default=30.0, show_default=True, help="Ask again for answers older than this."
)
@click.option("--allow-local", is_flag=True, help="The service may stand on this machine or in a private network.")
@pass_command
def link(
    command: Command,
    *,
    dry_run: bool,
    service: str | None,
    kind: str,
    limit: int,
    of: Of,
    days: float,
    allow_local: bool,
) -> None:
    if service is None:
        tell_links(command.language, linked(command, LinkRequest(dry_run=dry_run)))
        return
    request = ServiceRequest(
        address=service, kind=kind, limit=limit, of=of, days=days, local=allow_local, dry_run=dry_run
    )
    tell_proposals(command, ask(command, request), dry_run=dry_run)


def ask(command: Command, request: ServiceRequest) -> ServiceReport:
    """What a service proposes, with a bar of progress."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    try:
        with progress_bar(*columns) as bar:
            task = bar.add_task(command.language.text("asking"), total=None)

            def tell(event: Event) -> None:
                words = printable(f"{command.language.text('asking')} {event['file']}"[:70])
                bar.update(task, description=words, total=event["total"] or None, completed=event["done"])

            return ask_service(command.settings(), request, client_of(request), tell)
    except KeyboardInterrupt:
        command.say("Stopped; nothing of the answers was kept.")
        raise click.exceptions.Exit(FAILED) from None
    except ServiceAddressError as error:
        raise click.ClickException(
            command.language.text(
                "The service «{service}» has the address {address}, which is not in the public network; "
                "--allow-local allows it",
                **error.values,
            )
        ) from None


def tell_proposals(command: Command, report: ServiceReport, *, dry_run: bool) -> None:
    text = command.language.text
    if report.found:
        print_table(
            [text("what"), text("first candidate"), text("address"), text("score"), text("candidates")],
            [
                (
                    one["name"],
                    one["entry"],
                    one["record"],
                    f"{one['score']:g}" if one["score"] is not None else "",
                    str(one["count"]),
                )
                for one in report.found
            ],
            numeric=(False, False, False, True, True),
        )
    click.echo(
        text(
            "{service}: asked for {asked}, answers kept from before: {kept}",
            service=printable(report.service),
            asked=report.asked,
            kept=report.kept,
        )
    )
    click.echo(text("With candidates: {found}; without: {without}", found=len(report.found), without=report.without))
    click.echo(
        text("Nothing was kept.")
        if dry_run
        else text("People decide on them at /linking; nothing is linked by itself.")
    )


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
    if report["dry_run"]:
        click.echo(text("Would be linked by the program: {count}", count=len(accepted)))
    else:
        click.echo(text("Linked by the program: {count}", count=len(accepted)))
    click.echo(text("Linked by the program before: {count}", count=report["linked"]))
    click.echo(text("Decided by people before: {count}", count=report["decided"]))
    queued = report["queued"]
    click.echo(text("In the queue with candidates, for people to decide at /linking: {count}", count=queued))
    click.echo(text("In the queue without a candidate: {count}", count=report["without"]))
    if report["version"]:
        click.echo(text("Data version {version}", version=report["version"]))
