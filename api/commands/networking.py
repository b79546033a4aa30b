"""The command `vekha network`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from api.commands.terminal import Command, console, pass_command, print_table
from api.networks.drawn import Networks, title_of, write_network
from api.networks.selection import MOST_STEPS, THINGS, NetworkParameterError, read_asked
from api.rasters import PictureError, Rasteriser
from graph.networks.formats import WRITERS, node_rows
from graph.networks.projections import PROJECTIONS

if TYPE_CHECKING:
    from api.language import Language

_ROWS: Final = 30


def _things(function: click.decorators.FC) -> click.decorators.FC:
    """One option for each kind of thing that a selection names; each may be given several times."""
    for name in reversed(THINGS):
        words = f"Only this {name}; may be given several times."
        function = click.option(f"--{name}", name, multiple=True, help=words)(function)
    return function


def _rastered(svg: bytes, language: Language) -> bytes:
    try:
        return Rasteriser().png(svg.decode())
    except PictureError as error:
        raise click.ClickException(language.text(error.template, **error.values)) from None


@click.command
@click.argument("projection", type=click.Choice(list(PROJECTIONS)))
@_things
@click.option("--year", help="Only activities of this year.")
@click.option("--at-least", "at_least", help="Leave out ties by fewer activities.")
@click.option(
    "--groups",
    type=click.Choice(["named", "members"]),
    default="named",
    show_default=True,
    help="Groups as they are named, or the members that they stand for.",
)
@click.option("--focus", multiple=True, help="Only what is tied to this node; may be given several times.")
@click.option("--steps", help=f"How many ties away from the focus, 0 to {MOST_STEPS}; 1 if not given.")
@click.option("--top", help="Only so many of the most connected.")
@click.option(
    "--communities",
    type=click.Choice(["open", "closed"]),
    default="open",
    show_default=True,
    help="Communities by their members, or as one node each.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", *WRITERS, "svg", "png"]),
    default="table",
    show_default=True,
    help="Form of the answer.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="File to write to.")
@pass_command
def network(
    command: Command,
    /,
    projection: str,
    form: str,
    output: Path | None,
    at_least: str | None,
    **values: str | tuple[str, ...] | None,
) -> None:
    knowledge, networks, language = command.installation().newest(), Networks(), command.language
    given = values | {"at-least": at_least}
    texts = {name: [found] if isinstance(found, str) else list(found) for name, found in given.items() if found}
    try:
        asked = read_asked(knowledge, networks.facts(knowledge), projection, texts)
    except NetworkParameterError as error:
        raise click.UsageError(language.text(error.template, **error.values)) from None
    drawn = networks.draw(knowledge, asked, "file")
    if form != "table":
        content = write_network(drawn, "svg" if form == "png" else form, language)
        if form == "png":
            content = _rastered(content, language)
        with click.open_file(str(output) if output else "-", "wb") as file:
            file.write(content)
        return
    rows = node_rows(drawn.network, drawn.measures, language=language.code)
    print_table(
        [
            title_of(projection, language),
            language.text("activities"),
            language.text("ties"),
            language.text("weight of ties"),
            language.text("betweenness"),
            language.text("community"),
        ],
        [
            (
                row["label"],
                str(row["activities"]),
                str(row["degree"]),
                str(row["weighted_degree"]),
                f"{row['betweenness']:.3f}" if "betweenness" in row else "",
                str(row["community"] + 1),
            )
            for row in rows[:_ROWS]
        ],
        numeric=(False, True, True, True, True, True),
    )
    message = language.plural("{count} node", "{count} nodes", len(rows))
    if len(rows) > _ROWS:
        message += language.text(", the first {shown} are shown; all: --format nodes.csv", shown=_ROWS)
    console(stderr=True).print(message)
