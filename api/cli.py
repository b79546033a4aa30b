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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.answers import as_json, as_xlsx, plain_value, table_csv
from api.explanations import explain
from api.installation import Installation
from api.language import Language, read_language
from api.settings import Settings, SettingsError, read_settings
from api.terminal import console, print_table, system_language
from graph.errors import GraphError
from loaders.cells import UnreadableDocumentError
from loaders.extract import extract as extract_file
from loaders.profile import ProfileError
from ontology.reference import load_reference
from queries.binding import ParameterError
from queries.catalogue import UnknownQuestionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from queries.catalogue import Parameter, Question

LANGUAGES = ("ru", "en")
FAILED, WRONGLY_ASKED = 1, 2


@dataclass(slots=True)
class Command:
    """What every command gets: the language of messages and, when it asks for them, the settings."""

    language: Language
    data: Path | None = None

    def settings(self, **arguments: object) -> Settings:
        return read_settings(data=self.data, **arguments)

    def installation(self) -> Installation:
        return Installation.of(self.settings())

    def say(self, message: str, /, **values: object) -> None:
        """A message to the person, beside the output."""
        console(stderr=True).print(self.language.text(message, **values), soft_wrap=True)


pass_command = click.make_pass_decorator(Command)


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


@vekha.command(help="Check the settings and print them.")
@pass_command
def settings(command: Command) -> None:
    values, text = command.settings(), command.language.text
    names = {name: field.description or "" for name, field in Settings.model_fields.items()}
    print_table(
        [text("setting"), text("value"), text("meaning")],
        [(f"VEKHA_{name.upper()}", str(getattr(values, name)), text(words)) for name, words in names.items()],
    )


@vekha.command(help="Print what is read from a document, as JSON; nothing is stored.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pass_command
def extract(command: Command, file: Path) -> None:  # noqa: ARG001  (messages are the errors')
    found = extract_file(file, reference=load_reference())
    click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=2))


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


@vekha.group(
    cls=QuestionGroup,
    invoke_without_command=True,
    help="Ask a question; its parameters are options (see: vekha ask QUESTION --help).",
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
            _write(as_xlsx(found, language.code), output or Path(f"{question.id}.xlsx"))
        else:
            titles = found.titles
            hidden = {column.name for column in question.columns if column.hidden}
            shown = [index for index, name in enumerate(found.table.columns) if name not in hidden]
            rows = [[_shown(row[index]) for index in shown] for row in found.table.rows]
            names = [found.table.columns[index] for index in shown]
            print_table([titles.get(name, {}).get(language.code, name) for name in names], rows)
            message = language.plural("{count} row", "{count} rows", len(rows))
            console(stderr=True).print(message)

    return click.Command(
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
        ],
    )


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


def _shown(term: Any) -> str:  # noqa: ANN401  (a term or None)
    value = plain_value(term)
    return "" if value is None else str(value)


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
