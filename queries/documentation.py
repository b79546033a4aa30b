"""The page `docs/queries.md`: every question with what it takes and what it gives, written from the question files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from queries.catalogue import Catalogue, Parameter, Question

_INTRODUCTION = """\
# Questions

Written from the question files by `make accept`; a test compares.

A question is a file `queries/<topic>/<id>.rq`: plain SPARQL under a header of `#+` lines.
It runs in any editor with the values that stand in its `VALUES` lines, once the prefixes of `queries/prefixes.ttl` are
declared.
To add one, write a file, run `make accept` and review what changed.
`Q1`–`Q45` are the competency questions of the design.

Two habits keep questions fast on a large store.
Select the rows in a sub-select and describe them outside it.
Give each `OPTIONAL` one pattern or path and nest further ones: of two patterns side by side the engine first reads
every match in the store.
"""


def questions_page(catalogue: Catalogue) -> str:
    """The Markdown of the page; equal catalogues give equal text."""
    return "\n".join([_INTRODUCTION, *_contents(catalogue), *_sections(catalogue)])


def _contents(catalogue: Catalogue) -> Iterator[str]:
    by_number = sorted(
        ((int(competency[1:]), question) for question in catalogue.listed() for competency in question.competency),
        key=lambda pair: (pair[0], pair[1].id),
    )
    yield "| | files |\n|---|---|"
    for number in dict.fromkeys(number for number, _ in by_number):
        links = ", ".join(f"[{question.id}](#{question.id})" for other, question in by_number if other == number)
        yield f"| Q{number} | {links} |"
    yield ""


def _sections(catalogue: Catalogue) -> Iterator[str]:
    topic = ""
    for question in catalogue.listed():
        if question.topic != topic:
            topic = question.topic
            yield f"## {topic}\n"
        yield from _section(question)
    exports = [question for question in catalogue if question.topic == "views"]
    if exports:
        yield "## Exports\n"
        for question in exports:
            yield from _section(question)


def _section(question: Question) -> Iterator[str]:
    yield f"### {question.id}\n"
    yield f"**{question.title.ru}**"
    yield f"{question.description.ru}\n"
    yield f"**{question.title.en}**"
    yield f"{question.description.en}\n"
    if question.competency:
        yield f"Answers {', '.join(question.competency)}.\n"
    if question.parameters:
        yield "| parameter | type | default | meaning |\n|---|---|---|---|"
        for parameter in question.parameters.values():
            label = f"{parameter.label.ru} / {parameter.label.en}"
            yield f"| `{parameter.name}` | {_type(parameter)} | {_default(parameter, question)} | {label} |"
        yield ""
    shown = [
        f"{column.title.ru} / {column.title.en} (`{column.name}`)" for column in question.columns if not column.hidden
    ]
    if shown:
        hidden = ", ".join(f"`{column.name}`" for column in question.columns if column.hidden)
        yield f"Columns: {'; '.join(shown)}{f'; addresses: {hidden}' if hidden else ''}.\n"


def _type(parameter: Parameter) -> str:
    if parameter.values:
        return " or ".join(f"`{value}`" for value in parameter.values) + (" or any" if parameter.optional else "")
    name = f"{parameter.type} `{parameter.prefix}:`" if parameter.prefix else parameter.type
    if parameter.minimum is not None:
        name += f" from {parameter.minimum}"
    if parameter.maximum is not None:
        name += f" to {parameter.maximum}"
    return f"{name} or any" if parameter.optional else name


def _default(parameter: Parameter, question: Question) -> str:
    match parameter.default:
        case None:
            return "any"
        case NamedNode(value=iri):
            return f"`{question.prefixes.shorten(iri) or iri}`"
        case literal:
            return f"`{literal.value}`"
