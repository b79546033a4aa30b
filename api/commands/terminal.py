"""What commands share: their language, their settings, and how they print."""

from __future__ import annotations

import locale
import os
import re
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress, ProgressColumn
from rich.table import Table as RichTable

from api.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from api.installation import Installation
    from api.language import Language

# C0 and C1 controls but tab and line feed.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
LANGUAGES = ("ru", "en")
HELP_OPTIONS = ("-h", "--help")
FAILED, WRONGLY_ASKED = 1, 2

# Where output goes to a file or a pipe there is no width to fit into.
_WIDE = 240


@dataclass(slots=True)
class Command:
    """What every command gets: the language of messages and, when it asks for them, the settings."""

    language: Language
    data: Path | None = None

    def settings(self, **arguments: object) -> Settings:
        return read_settings(data=self.data, **arguments)

    def installation(self) -> Installation:
        from api.installation import Installation  # noqa: PLC0415  (only commands that ask the store need it)

        return Installation.of(self.settings())

    def say(self, message: str, /, **values: object) -> None:
        """A message to the person, beside the output."""
        console(stderr=True).print(printable(self.language.text(message, **values)), soft_wrap=True)


pass_command = click.make_pass_decorator(Command)


def help_option(language: Language) -> click.Option:
    """The option that shows the help of its command; click's own speaks English only."""

    def show(context: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001  (the signature is click's)
        if asked and not context.resilient_parsing:
            click.echo(context.get_help())
            context.exit()

    return click.Option(
        list(HELP_OPTIONS),
        is_flag=True,
        is_eager=True,
        expose_value=False,
        help=language.text("Show this message."),
        callback=show,
    )


def console(*, stderr: bool = False) -> Console:
    """A console without markup: what documents say is text, never a style."""
    stream = sys.stderr if stderr else sys.stdout
    width = shutil.get_terminal_size().columns if stream.isatty() else _WIDE
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False, width=width)


def progress_bar(*columns: ProgressColumn) -> Progress:
    """A bar beside the output that leaves nothing behind; where no terminal shows it there is none."""
    beside = console(stderr=True)
    return Progress(*columns, console=beside, transient=True, disable=not beside.is_terminal)


def system_language(environment: dict[str, str] | None = None) -> str:
    """«en» if the system speaks English, else «ru»: the documents and most of their readers are Russian."""
    variables = os.environ if environment is None else environment
    spoken = next((variables[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if variables.get(name)), "")
    if not spoken and environment is None and sys.platform == "win32":
        spoken = locale.getlocale()[0] or ""
    return "en" if spoken.lower().startswith("en") else "ru"


def printable(text: str) -> str:
    """The text without control characters: what a document holds must not steer the terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def print_table(titles: Sequence[str], rows: Iterable[Sequence[str]], *, numeric: Sequence[bool] = ()) -> None:
    """A table that fits the terminal; long texts wrap inside their column."""
    table = RichTable(show_edge=False, pad_edge=False, row_styles=["", "dim"] if sys.stdout.isatty() else None)
    for index, title in enumerate(titles):
        right = index < len(numeric) and numeric[index]
        table.add_column(title, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(printable, row))
    console().print(table)
