"""
The command `vekha`.

Messages are in the language of `--lang`, else of the system, else Russian.  No traceback reaches a person: an error is
one sentence on stderr with an exit status: 1 it could not be done, 2 it was asked wrongly or a file cannot be read.
"""

from __future__ import annotations

import copy
import difflib
import json
import sys
import tempfile
import textwrap
import traceback
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.commands.terminal import (
    FAILED,
    HELP_OPTIONS,
    LANGUAGES,
    WRONGLY_ASKED,
    Command,
    help_option,
    pass_command,
    print_table,
    system_language,
)
from api.commands.usage import metavar_told, usage_told
from api.language import read_language
from api.settings import Settings, SettingsError
from graph.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.language import Language

# Where each command lives, and its help: modules are imported when a command runs, for loaders and server take a
# second to import.
COMMANDS = {
    "demo": ("api.commands.operating", "Load the five example roadmaps and serve them."),
    "serve": ("api.commands.operating", "Serve the pages, the questions and SPARQL."),
    "load": ("api.commands.operating", "Load documents: files, or folders with all their files."),
    "reload": (
        "api.commands.operating",
        "Load documents again from the files that the data folder keeps, all without names.",
    ),
    "extract": ("api.commands.operating", "Print what is read from a document, as JSON; nothing is stored."),
    "review": (
        "api.commands.reviewing",
        "Write a report of what to check in the reading of documents; without paths, of the loaded ones.",
    ),
    "profile": (
        "api.commands.correcting",
        "Print how a document is read, as a profile to be edited; loads obey the profile beside the file.",
    ),
    "correct": (
        "api.commands.correcting",
        "Correct what was read from a document; corrections hold at every later load.",
    ),
    "registry": ("api.commands.registering", "Load federal registers, list them, remove them."),
    "link": (
        "api.commands.linking",
        "Link bodies and territories to entries of the loaded registers where that is sure; the rest waits for people.",
    ),
    "ask": ("api.commands.asking", "Ask a question; its parameters are options (see: vekha ask QUESTION --help)."),
    "query": ("api.commands.asking", "Run a SPARQL query from a file (- reads the input)."),
    "network": ("api.commands.networking", "Draw who works with whom, or write the network as a file."),
    "export": ("api.commands.asking", "Write the newest data as RDF."),
    "backup": ("api.commands.archiving", "Write the newest data with its documents to one new file."),
    "restore": ("api.commands.archiving", "Make a data folder from a backup; the folder is new or empty."),
    "audit": ("api.commands.granting", "Print who loaded, corrected or updated what, and when."),
    "user": ("api.commands.granting", "Give tokens to people and programs that may do more than read."),
}


class Commands(click.Group):
    """The group `vekha`: its commands in the order in which people meet them, their help in the language of the run."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [*COMMANDS, *super().list_commands(context)]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        language = context.ensure_object(Command).language
        if name not in COMMANDS:
            own = super().get_command(context, name)
            similar = difflib.get_close_matches(name, self.list_commands(context)) if own is None else []
            if similar:
                others = ", ".join(map(repr, similar))
                told = language.text(
                    "There is no command {name}; did you mean {others}?", name=repr(name), others=others
                )
                raise click.UsageError(told)
            return _translated(own, language) if own else None
        module, words = COMMANDS[name]
        command = _translated(getattr(import_module(module), name), language)
        command.help = language.text(words)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        language = context.ensure_object(Command).language
        told = {name: language.text(words) for name, (_, words) in COMMANDS.items()}
        told |= {name: _translated(own, language).help or "" for name, own in self.commands.items()}
        room = formatter.width - 6 - max(map(len, told))
        with formatter.section("Commands"):
            formatter.write_dl([(name, textwrap.shorten(words, room, placeholder="…")) for name, words in told.items()])


@click.group(
    cls=Commands,
    name="vekha",
    help="Vekha: roadmaps as a knowledge graph that can be questioned.",
    context_settings={"help_option_names": list(HELP_OPTIONS), "max_content_width": 100},
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
        [(f"VEKHA_{name.upper()}", _written(getattr(values, name)), text(words)) for name, words in names.items()],
    )


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
    except click.exceptions.NoArgsIsHelpError as help_shown:
        click.echo(help_shown.format_message(), err=True)
        return WRONGLY_ASKED
    except click.ClickException as error:
        command.say("Error: {problem}", problem=usage_told(error, language))
        return error.exit_code
    except GraphError as error:
        command.say("Error: {problem}", problem=language.text(error.template, **error.values))
        return FAILED
    except SettingsError as error:
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


def _written(value: object) -> str:
    """The value of a setting as it would be set."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, bool | tuple) else str(value)


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


def _translated(command: click.Command, language: Language) -> click.Command:
    """A copy of the command whose help is in the language."""
    translated = copy.copy(command)
    translated.help = language.text(command.help) if command.help else None
    translated.params = [_translated_option(parameter, language) for parameter in command.params]
    if translated.add_help_option:
        translated.add_help_option = False
        translated.params.append(help_option(language))
    if isinstance(translated, click.Group):
        translated.commands = {name: _translated(part, language) for name, part in translated.commands.items()}
    return translated


def _translated_option(parameter: click.Parameter, language: Language) -> click.Parameter:
    copied = copy.copy(parameter)
    if isinstance(copied, click.Option) and copied.help:
        copied.help = language.text(copied.help)
    copied.metavar = metavar_told(parameter, language) or copied.metavar
    return copied
