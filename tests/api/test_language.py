from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from api.app import create_app
from api.commands.cli import COMMANDS, vekha
from api.commands.registering import LEFT_OUT
from api.commands.usage import MESSAGES, METAVARS
from api.guide import GROUPS, TOURS
from api.language import Languages, read_language
from api.lists.columns import COLUMNS
from api.lists.selection import FACETS, VIEWS
from api.lists.selection import TITLES as LISTS
from api.pages import SECTIONS
from api.quality_rules import RULES
from api.questions.gallery import TOPICS
from api.registers.automatic import RULES as LINK_RULES
from api.registers.entries import LINKS, SCHEMES
from api.search import TITLES
from api.settings import Settings, read_settings
from api.things.stated_values import CODES
from graph.matching.judging import SAID
from loaders.doubts import SENTENCES
from ontology.identifiers import PROBLEMS

CALLS = {"_": None, "text": None, "say": None, "plural": (1, 2), "refuse": (3,)}
PLACE_OF_ERROR = "Line {line}, column {column}: "
PLACE = re.compile(r"\{[a-z_]*[:\w]*\}")


@pytest.fixture(scope="module")
def russian(repository: Path) -> Catalog:
    with (repository / "api" / "locale" / "ru" / "vekha.po").open("rb") as file:
        return read_po(file, locale="ru")


@pytest.fixture(scope="module")
def messages(repository: Path) -> set[str]:
    """Every message id of pages, commands, settings and of what the graph and the loaders tell."""
    found: set[str] = set()
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    for _file, _line, message, _comments, _context in extract_from_dir(
        str(repository / "api"), method_map=methods, keywords=CALLS
    ):
        found.add(message[0] if isinstance(message, tuple) else message)
    found |= set(TOPICS.values()) | set(SECTIONS.values()) | set(TITLES.values())
    found |= {column.title for columns in COLUMNS.values() for column in columns}
    found |= {facet.title for facets in FACETS.values() for facet in facets} | set(LISTS.values())
    found |= {title for title, _facets in VIEWS.values()}
    found |= {rule.sentence for rule in RULES.values()}
    found |= set(TOURS.values()) | set(GROUPS.values()) | set(_described())
    found |= {words for _, words in COMMANDS.values()}
    found |= set(MESSAGES.values()) | set(METAVARS)
    found |= {field.description or "" for field in Settings.model_fields.values()}
    for command in [vekha, *vekha.commands.values(), *_own_commands()]:
        found |= set(_helps(command))
    found |= {words for codes in CODES.values() for words in codes.values()}
    found |= set(LINKS.values()) | {name for name in SCHEMES.values() if name[0].islower()}
    found |= (
        set(LINK_RULES.values()) | set(SENTENCES.values()) | set(PROBLEMS) | set(LEFT_OUT.values()) | set(SAID.values())
    )
    for module in sorted(
        [
            *(repository / "graph").rglob("*.py"),
            *(repository / "loaders").rglob("*.py"),
            *(repository / "api").rglob("*.py"),
        ]
    ):
        found |= set(_templates(ast.parse(module.read_text(encoding="utf-8"))))
    return found - {""}


def test_every_message_has_a_russian_text(russian: Catalog, messages: set[str]) -> None:
    translated = {_first(message.id) for message in russian if message.id and message.string}
    assert sorted(messages - translated) == []


def test_no_russian_text_is_left_without_use(russian: Catalog, messages: set[str]) -> None:
    assert sorted({_first(message.id) for message in russian if message.id} - messages) == []


def test_texts_keep_their_places(russian: Catalog) -> None:
    for message in russian:
        if message.id:
            places = set(PLACE.findall(_first(message.id)))
            texts = message.string if isinstance(message.string, tuple | list) else [message.string]
            for text in texts:
                assert set(PLACE.findall(str(text))) == places, message.id


def test_numbers_take_the_russian_forms() -> None:
    language = read_language("ru")
    forms = [language.plural("{count} row", "{count} rows", count) for count in (1, 2, 5, 11, 21, 35)]
    assert forms == ["1 строка", "2 строки", "5 строк", "11 строк", "21 строка", "35 строк"]


def test_long_numbers_are_grouped_as_everywhere_on_the_pages() -> None:
    assert read_language("ru").plural("{count} row", "{count} rows", 3927) == "3\N{NO-BREAK SPACE}927 строк"
    assert read_language("en").plural("{count} row", "{count} rows", 3927) == "3,927 rows"


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "expected"),
    [
        ("en", "ru", "ru", "en"),
        (None, "en", "ru", "en"),
        (None, None, "en-US,en;q=0.9", "en"),
        (None, None, "de, en;q=0.5, ru;q=0.9", "ru"),
        (None, None, "de", "ru"),
        (None, None, None, "ru"),
        ("xx", None, "en", "en"),
        ("<script>", "\x00", "", "ru"),
    ],
)
def test_the_language_is_chosen_by_address_cookie_header(
    asked: str | None, remembered: str | None, accepted: str | None, expected: str
) -> None:
    languages = Languages.read(("ru", "en"))
    assert languages.choose(asked=asked, remembered=remembered, accepted=accepted).code == expected


def _first(identifier: object) -> str:
    return str(identifier[0]) if isinstance(identifier, tuple | list) else str(identifier)


def _described() -> Iterator[str]:
    """What the API page shows of the description; questions bring their own texts."""
    for path, methods in create_app(read_settings()).openapi()["paths"].items():
        for operation in methods.values() if not path.startswith("/api/questions/") else ():
            yield operation["summary"]
            yield from (parameter.get("description", "") for parameter in operation.get("parameters", ()))


def _own_commands() -> Iterator[click.Command]:
    """Every command that is listed, and the commands of groups; questions of `vekha ask` bring their own texts."""
    for name, (module, _words) in COMMANDS.items():
        command = getattr(import_module(module), name)
        yield command
        if isinstance(command, click.Group):
            yield from command.commands.values()


def _helps(command: click.Command) -> Iterator[str]:
    yield command.help or ""
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield parameter.help or ""


def _templates(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        # `graph.guard._refused(text, offset, template)` puts the place before the template.
        place, start = (2, PLACE_OF_ERROR) if node.func.id == "_refused" else (0, "")
        if (start or _is_told(node.func.id)) and len(node.args) > place:
            template = node.args[place]
            if isinstance(template, ast.Constant) and isinstance(template.value, str):
                yield start + template.value


def _is_told(name: str) -> bool:
    """Whether what is made so is told in the language of the reader; a `ValueError` is told by pydantic."""
    return name == "Message" or (name.endswith("Error") and name not in {"TypeError", "ValueError"})
