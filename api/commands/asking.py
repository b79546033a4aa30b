"""Commands that ask the newest data version: `ask`, `query`, `export`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, RdfFormat, serialize

from api.commands.terminal import WRONGLY_ASKED, Command, console, help_option, pass_command, print_table, printable
from api.installation import Installation
from api.negotiation import RDF_FORMATS
from api.pages import written
from api.questions.answers import as_json, as_xlsx, plain_value, table_csv
from api.questions.explanations import explain
from graph.errors import GraphError
from graph.export import write_dataset, write_graph
from graph.results import Table, Triples
from graph.workers import Limits, WorkerPool
from queries.binding import ParameterError
from queries.catalogue import UnknownQuestionError

if TYPE_CHECKING:
    from api.language import Language
    from api.questions.answers import QuestionAnswer
    from queries.catalogue import Parameter, Question


FORMATS: dict[str, QueryResultsFormat | RdfFormat] = {
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    **RDF_FORMATS,
}
# Turtle holds one graph, so it is that of everything current; the others hold each graph under its name.
EXPORTS = {"turtle": RdfFormat.TURTLE, "nquads": RdfFormat.N_QUADS, "jsonld": RdfFormat.JSON_LD}
_ONE_DAY = 86_400.0


class QuestionGroup(click.Group):
    """One subcommand for each question of the catalogue, with options for its parameters."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [question.id for question in _installation(context).catalogue.listed()]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        catalogue = _installation(context).catalogue
        if name not in catalogue or not catalogue[name].listed:
            similar = None
            try:
                catalogue[name]
            except UnknownQuestionError as error:
                similar = error.similar
            language = context.ensure_object(Command).language
            hint = language.text("; did you mean {names}?", names=", ".join(similar)) if similar else ""
            raise click.UsageError(
                language.text("There is no question «{name}»", name=name)
                + (hint or ". " + language.text("All questions: vekha ask --list"))
            )
        return _question_command(catalogue[name], context.ensure_object(Command).language)


@click.group(
    cls=QuestionGroup,
    invoke_without_command=True,
)
@click.option("--list", "listed", is_flag=True, help="List the questions.")
@click.pass_context
def ask(context: click.Context, *, listed: bool) -> None:
    if context.invoked_subcommand is not None:
        return
    if not listed:
        click.echo(context.get_help())
        context.exit(WRONGLY_ASKED)
    language = context.ensure_object(Command).language
    questions = _installation(context).catalogue.listed()
    print_table(
        [language.text("question"), language.text("what it asks"), language.text("parameters")],
        [
            (
                question.id,
                question.title.in_language(language.code),
                " ".join(f"--{name}" for name in question.parameters if name != "lang"),
            )
            for question in questions
        ],
    )


@click.command
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--format", "form", type=click.Choice(["table", *FORMATS]), help="Form of the answer.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="Time limit; none by default.")
@pass_command
def query(command: Command, file: IO[str], form: str | None, seconds: float | None) -> None:
    installation = command.installation()
    # A person at the keyboard waits as long as they like; a worker process is what Ctrl+C can end.
    limits = Limits(seconds=seconds or _ONE_DAY, rows=sys.maxsize, bytes=sys.maxsize, reading=_ONE_DAY)
    text, prefixes = file.read(), installation.catalogue.prefixes.namespaces
    gateway = installation.gateway()
    folder = installation.settings.data
    search = None if installation.settings.dataset == "plain" else installation.search
    with WorkerPool(folder, size=1, limits=limits, gateway=gateway, replica="disk", search=search) as pool:
        if form in {None, "table"}:
            found = pool.query(text, prefixes=prefixes)
            if isinstance(found, Table):
                print_table(found.columns, [[_shown(term) for term in row] for row in found.rows])
                console(stderr=True).print(command.language.plural("{count} row", "{count} rows", len(found.rows)))
            elif isinstance(found, Triples):
                _write(serialize(found.triples, format=RdfFormat.TURTLE, prefixes=dict(prefixes)) or b"", None)
            else:
                click.echo("true" if found else "false")
            return
        chosen = FORMATS[form]
        with pool.evaluate(
            text,
            table_format=chosen if isinstance(chosen, QueryResultsFormat) else None,
            triples_format=chosen if isinstance(chosen, RdfFormat) else None,
            prefixes=prefixes,
        ) as evaluation:
            if (evaluation.kind == "triples") != isinstance(chosen, RdfFormat):
                raise click.UsageError(
                    command.language.text(
                        "{format} cannot hold an answer of kind {kind}", format=form, kind=evaluation.kind
                    )
                )
            for chunk in evaluation.chunks():
                sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()


@click.command
@click.option("--format", "form", type=click.Choice(list(EXPORTS)), default="turtle", show_default=True)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="File to write to.")
@pass_command
def export(command: Command, form: str, output: Path | None) -> None:
    installation = command.installation()
    knowledge = installation.newest()
    prefixes = installation.catalogue.prefixes.namespaces
    with click.open_file(str(output) if output else "-", "wb") as file:
        if form == "turtle":
            write_graph(knowledge.snapshot, file, RdfFormat.TURTLE, prefixes=prefixes)
        else:
            write_dataset(knowledge.snapshot, file, EXPORTS[form], prefixes=prefixes)


def _question_command(question: Question, language: Language) -> click.Command:
    def answer(*, form: str, output: Path | None, **values: str | None) -> None:
        context = click.get_current_context()
        installation = _installation(context)
        given = {name: value for name, value in values.items() if value is not None}
        try:
            found = installation.newest().ask(question, given, language.code)
        except ParameterError as error:
            raise click.UsageError(explain(error, question, language)) from None
        if form == "csv":
            _write(table_csv(found.table).encode(), output)
        elif form == "json":
            _write((json.dumps(as_json(found, language.code), ensure_ascii=False, indent=2) + "\n").encode(), output)
        elif form == "xlsx":
            workbook = as_xlsx(found, language.code)
            if output is None and sys.stdout.isatty():  # a terminal cannot show it
                output = Path(f"{question.id}.xlsx")
                context.ensure_object(Command).say("Written to {file}", file=output)
            _write(workbook, output)
        else:
            titles = found.titles(language.code)
            hidden = {column.name for column in question.columns if column.hidden}
            shown = [index for index, name in enumerate(found.table.columns) if name not in hidden]
            short, legend = _short_documents(found, installation.iris.namespace("roadmap"))
            rows = [
                [short.get((index, position)) or _shown(row[index], language) for index in shown]
                for position, row in enumerate(found.table.rows)
            ]
            print_table([titles[index] for index in shown], rows)
            beside = console(stderr=True)
            for slug, title in sorted(legend.items()):
                beside.print(printable(f"{slug}: {title}"), soft_wrap=True)
            beside.print(language.plural("{count} row", "{count} rows", len(rows)))

    return QuestionCommand(
        question.id,
        callback=answer,
        help=f"{question.title.in_language(language.code)}\n\n{question.description.in_language(language.code)}",
        params=[
            *(_option(parameter, language) for parameter in question.parameters.values() if parameter.name != "lang"),
            click.Option(
                ["--format", "form"],
                type=click.Choice(["table", "csv", "json", "xlsx"]),
                default="table",
                show_default=True,
                help=language.text("Form of the answer."),
            ),
            click.Option(
                ["--output", "-o"],
                type=click.Path(path_type=Path, dir_okay=False),
                help=language.text("File to write to."),
            ),
            help_option(language),
        ],
        add_help_option=False,
    )


class QuestionCommand(click.Command):
    """The command of one question; its help ends with the values that its parameters can have in the data."""

    def format_epilog(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        installation, language = _installation(context), context.ensure_object(Command).language
        try:
            knowledge = installation.newest()
        except GraphError:  # nothing is loaded yet
            return
        for name, parameter in installation.catalogue[str(self.name)].parameters.items():
            choices = knowledge.choices(parameter, language.code) if name != "lang" else []
            if choices:
                with formatter.section(language.text("Values of {option}", option=f"--{name}")):
                    formatter.write_dl([(choice.value, choice.label) for choice in choices])


def _short_documents(found: QuestionAnswer, roadmaps: str) -> tuple[dict[tuple[int, int], str], dict[str, str]]:
    """
    The short names of documents by column and row, and their titles: a table has no room for these in each line.

    A document is called as `--roadmap` knows it.
    """
    columns = found.table.columns
    short: dict[tuple[int, int], str] = {}
    legend: dict[str, str] = {}
    for column in found.question.columns:
        if column.link in columns and column.name in columns:
            at, link = columns.index(column.name), columns.index(column.link)
            for position, row in enumerate(found.table.rows):
                roadmap, title = row[link], row[at]
                if isinstance(roadmap, NamedNode) and roadmap.value.startswith(roadmaps) and title is not None:
                    short[at, position] = slug = roadmap.value.removeprefix(roadmaps)
                    legend[slug] = str(plain_value(title))
    return short, legend


def _option(parameter: Parameter, language: Language) -> click.Option:
    words = parameter.label.in_language(language.code)
    if parameter.description:
        words += f". {parameter.description.in_language(language.code)}"
    if parameter.optional:
        words += ". " + language.text("If not given: any.")
    elif parameter.default is not None:
        short = parameter.default.value.rsplit("/", 1)[-1]
        words += ". " + language.text("If not given: {value}.", value=short)
    return click.Option([f"--{parameter.name}", parameter.name], help=words)


def _installation(context: click.Context) -> Installation:
    """One installation for a run of the program, made when first asked for."""
    root = context.find_root()
    found = root.meta.get("vekha.installation")
    if found is None:
        found = root.meta["vekha.installation"] = root.ensure_object(Command).installation()
    assert isinstance(found, Installation)
    return found


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        output.write_bytes(content)


def _shown(term: Any, language: Language | None = None) -> str:  # noqa: ANN401  (a term or None)
    """The term for the terminal: as it is written in RDF, or as people write it in the language."""
    value = plain_value(term)
    if value is None:
        return ""
    if language is None:
        return term.value if isinstance(term, Literal) else str(value)
    return written(value, language)
