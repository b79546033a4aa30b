"""What was asked wrongly at the command line, in the language of the run; click itself says it in English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from api.language import Language

# What click says, and the message id of what is said instead.  Braces hold the parts that differ.
MESSAGES: Final = {
    "Invalid value for {option}: {problem}": "{option}: {problem}",
    "Missing argument {name}. Choose from:{choices}": "Name {name}; one of: {choices}",
    "Missing argument {name}.": "Name {name}",
    "Missing option {name}.": "Give the option {name}",
    "Missing command.": "Name a command",
    "No such option {name}. Did you mean {others}?": "There is no option {name}; did you mean {others}?",
    "No such option {name}. (Did you mean one of: {others}?)": "There is no option {name}; did you mean {others}?",
    "No such option {name}.": "There is no option {name}",
    "No such command {name}. Did you mean {others}?": "There is no command {name}; did you mean {others}?",
    "No such command {name}. (Did you mean one of: {others}?)": "There is no command {name}; did you mean {others}?",
    "No such command {name}.": "There is no command {name}",
    "Got unexpected extra argument ({values})": "Not expected here: {values}",
    "Got unexpected extra arguments ({values})": "Not expected here: {values}",
    "Option {name} requires an argument.": "The option {name} needs a value",
    "Option {name} does not take a value.": "The option {name} takes no value",
    "{kind} {name} does not exist.": "there is no {name}",
    "{name}: No such file or directory": "there is no {name}",
    "{kind} {name} is a file.": "a folder is expected, {name} is a file",
    "{kind} {name} is a directory.": "a file is expected, {name} is a folder",
    "{name}: Is a directory": "a file is expected, {name} is a folder",
    "{kind} {name} is not readable.": "{name} may not be read by this user",
    "{kind} {name} is not writable.": "{name} may not be written by this user",
    "{value} is not one of {choices}.": "{value} is none of {choices}",
    "{value} is not in the range {range}.": "{value} is not in the range {range}",
    "{value} is not a valid {kind}.": "{value} is no number",
}
# What stands for a value in help and messages; each is a message id.
METAVARS: Final = (
    "PATHS", "DOCUMENTS", "FILE", "DOCUMENT", "VALUE", "NAME", "REGISTER", "DIRECTORY", "TEXT", "URL", "INTEGER RANGE",
    "FLOAT RANGE",
)  # fmt: skip
_METAVAR: Final = re.compile(r"(\[?)([A-Z ]+)(\]?(?:\.\.\.)?)")
_NAMES: Final = re.compile(r"\\{(\w+)\\}")
_PATTERNS: Final = [
    (re.compile(_NAMES.sub(r"(?P<\1>.*?)", re.escape(said).replace(r"\ ", r"\s+")), re.DOTALL), instead)
    for said, instead in MESSAGES.items()
]


def usage_told(error: click.ClickException, language: Language) -> str:
    """The sentence of an error of ours as it is; one of click's in the words of the language, if these are known."""
    return _told(error.format_message(), language)


def metavar_told(parameter: click.Parameter, language: Language) -> str | None:
    """What stands for the value of an argument or option, in the language; None where click's own is right."""
    if isinstance(parameter, click.Option) and (parameter.is_flag or parameter.count):
        return None
    found = _METAVAR.fullmatch(parameter.make_metavar(click.Context(click.Command(None))))
    if found is None or found[2] not in METAVARS:
        return None
    return f"{found[1]}{language.text(found[2])}{found[3]}"


def _told(message: str, language: Language) -> str:
    for pattern, instead in _PATTERNS:
        found = pattern.fullmatch(message)
        if found is not None:
            named = {name: re.sub(r"\s+", " ", value.strip(" \n\t")) for name, value in found.groupdict().items()}
            if "problem" in named:
                named["problem"] = _told(named["problem"], language)
            known = {name: value for name, value in named.items() if f"{{{name}}}" in instead}
            return language.text(instead, **known)
    return message
