"""
The questions of `queries/*/*.rq`: what each asks, what it takes, what its columns are called.

A question file is plain SPARQL under a header of `#+` lines that hold YAML.  Nothing here runs a query.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, InstanceOf, ValidationError, model_validator
from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode, RdfFormat, parse

from queries.prefixes import Prefixes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

QUERIES = Path(__file__).parent
GLOSSARY_FILE = QUERIES / "glossary.yaml"
# Folders whose files serve pages, exports and choice lists; they are bound like questions but not listed as such.
SERVICE_TOPICS = frozenset({"choices", "pages", "views"})

Term = NamedNode | RdfLiteral
_HEADER = "#+"


class QuestionFileError(Exception):
    """A question file that breaks the format; the message starts with file and line."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")
        self.path, self.line, self.problem = path, line, problem


class UnknownQuestionError(KeyError):
    """No question has this id; `similar` holds the nearest ids."""

    def __init__(self, question: str, similar: Sequence[str]) -> None:
        hint = f"; did you mean {' or '.join(similar)}?" if similar else ""
        super().__init__(f"no question «{question}»{hint}")
        self.question, self.similar = question, tuple(similar)

    def __str__(self) -> str:
        return str(self.args[0])


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Strict):
    """One text in the two languages of the pages."""

    ru: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.ru


class Column(_Strict):
    """A column of the answer; `link` names the column that holds the IRI behind this one's text."""

    name: str
    title: Text
    hidden: bool = False
    link: str | None = None


class Parameter(_Strict):
    """
    What a question takes.

    `prefix` is where a bare id of an `iri` stands («mentoring» with prefix «theme»); `values` closes the list;
    `choices` is the id of a question of `queries/choices` that lists the values, `scheme` the scheme it lists.
    `default` is the term in the file's VALUES line, None for UNDEF.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    name: str
    type: Literal["iri", "integer", "date", "string", "boolean"]
    label: Text
    description: Text | None = None
    optional: bool = False
    prefix: str | None = None
    scheme: str | None = None
    choices: str | None = None
    values: dict[str, Text] | None = None
    minimum: int | None = None
    maximum: int | None = None
    default: Term | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.prefix and self.type != "iri":
            raise ValueError("«prefix» is for parameters of type iri")
        if (self.minimum is not None or self.maximum is not None) and self.type != "integer":
            raise ValueError("«minimum» and «maximum» are for parameters of type integer")
        if self.values and self.type != "string":
            raise ValueError("«values» is for parameters of type string")
        if self.default is None and not self.optional:
            raise ValueError("the VALUES line says UNDEF, so the parameter must be «optional: true»")
        return self


class View(_Strict):
    """How the answer is drawn at first; each field but `kind` names a column."""

    kind: Literal["table", "chart", "network", "timeline"] = "table"
    x: str | None = None
    y: str | None = None
    series: str | None = None
    source: str | None = None
    target: str | None = None
    weight: str | None = None
    start: str | None = None
    end: str | None = None
    label: str | None = None

    def columns(self) -> dict[str, str]:
        return {role: name for role, name in self if role != "kind" and name is not None}


class Question(_Strict):
    """One question file; `sparql` is its text without header and PREFIX lines, `line` where that text begins."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    topic: str
    title: Text
    description: Text
    tags: tuple[str, ...] = ()
    competency: tuple[Annotated[str, Field(pattern=r"^Q[1-9][0-9]?$")], ...] = ()
    view: View = View()
    columns: tuple[Column, ...] = ()
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    sparql: str
    path: Path
    line: int
    prefixes: InstanceOf[Prefixes]

    @property
    def listed(self) -> bool:
        """Whether people are shown the question, as opposed to pages, exports and choice lists that run it."""
        return self.topic not in SERVICE_TOPICS

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        names = [column.name for column in self.columns]
        if self.id != self.path.stem:
            raise ValueError(f"the id is «{self.id}», the file is «{self.path.name}»")
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"column «{name}» is named twice")
        for role, name in self.view.columns().items():
            if name not in names:
                raise ValueError(f"view.{role} names «{name}», which is no column")
        return self


class Catalogue:
    """All questions of a folder, in the order of their files; `catalogue["who-is-responsible"]` gives one."""

    def __init__(self, questions: Sequence[Question], prefixes: Prefixes) -> None:
        self._questions = {question.id: question for question in questions}
        self.prefixes = prefixes

    @classmethod
    def read(cls, data_base: str, folder: Path = QUERIES) -> Catalogue:
        """
        The catalogue of a folder of topics for one data base address.

        Raises:
            QuestionFileError: At the first file that breaks the format, with its line.
        """
        prefixes = Prefixes.read(data_base)
        glossary = yaml.safe_load(GLOSSARY_FILE.read_text(encoding="utf-8"))
        questions: dict[str, Question] = {}
        for path in sorted(folder.glob("*/*.rq")):
            question = read_question(path, prefixes, glossary)
            if question.id in questions:
                raise QuestionFileError(path, 1, f"id «{question.id}» is taken by {questions[question.id].path}")
            questions[question.id] = question
        for question in questions.values():
            for parameter in question.parameters.values():
                if parameter.choices and parameter.choices not in questions:
                    raise QuestionFileError(
                        question.path, 1, f"choices of «{parameter.name}»: no question «{parameter.choices}»"
                    )
        return cls(list(questions.values()), prefixes)

    def __getitem__(self, question: str) -> Question:
        if question not in self._questions:
            raise UnknownQuestionError(question, difflib.get_close_matches(question, self._questions, n=2))
        return self._questions[question]

    def __contains__(self, question: object) -> bool:
        return question in self._questions

    def __iter__(self) -> Iterator[Question]:
        return iter(self._questions.values())

    def __len__(self) -> int:
        return len(self._questions)

    def listed(self) -> list[Question]:
        """The questions that people are shown."""
        return [question for question in self if question.listed]


class _Header(NamedTuple):
    content: dict[str, Any]
    node: yaml.Node
    first_line: int


def read_question(path: Path, prefixes: Prefixes, glossary: Mapping[str, Any]) -> Question:
    """
    The question of one file.

    Raises:
        QuestionFileError: With the line of what is wrong.
    """
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    length = next((number for number, line in enumerate(lines) if not line.startswith(_HEADER)), len(lines))
    if not length:
        raise QuestionFileError(path, 1, "the file must begin with a header of «#+» lines")
    header = _read_header(path, lines[:length])
    content, sparql = dict(header.content), "".join(lines[length:])
    declared = content.pop("parameters", None) or {}
    if not isinstance(declared, dict):
        raise QuestionFileError(path, _line(header, ("parameters",)), "«parameters» must map names to definitions")
    content["columns"] = _columns(content.get("columns") or (), glossary)
    content["parameters"] = {
        name: {
            **glossary["parameters"].get(name, {}),
            **(definition or {}),
            "name": name,
            "default": _default(path, length, sparql, name, prefixes),
        }
        for name, definition in declared.items()
    }
    try:
        return Question(**content, topic=path.parent.name, sparql=sparql, path=path, line=length + 1, prefixes=prefixes)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        problem = first["msg"].removeprefix("Value error, ")
        raise QuestionFileError(
            path, _line(header, first["loc"]), f"{where}: {problem}" if where else problem
        ) from None
    except TypeError as error:
        raise QuestionFileError(path, 1, str(error)) from None


def _read_header(path: Path, lines: Sequence[str]) -> _Header:
    text = "".join(line.removeprefix(_HEADER).removeprefix(" ") for line in lines)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise QuestionFileError(path, line, f"the header is not YAML: {error.problem}") from None
    if not isinstance(node, yaml.MappingNode):
        raise QuestionFileError(path, 1, "the header must be «key: value» lines")
    for key, _ in _pairs(node):
        if sum(other.value == key.value for other, _ in _pairs(node)) > 1:
            raise QuestionFileError(path, key.start_mark.line + 1, f"«{key.value}» stands twice")
    return _Header(content, node, 1)


def _pairs(node: yaml.MappingNode) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    return [(key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)]


def _line(header: _Header, location: Sequence[int | str]) -> int:
    """The line of the innermost step of `location` that the header holds."""
    node, line = header.node, header.first_line
    for step in location:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in _pairs(node) if pair[0].value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _columns(items: Sequence[object], glossary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Columns by their glossary names, or «name: {ru: …, en: …}» for a title of this file only."""
    columns = []
    for item in items:
        name, title = next(iter(item.items())) if isinstance(item, dict) and item else (item, None)
        columns.append({**glossary["columns"].get(name, {}), "name": name, **({"title": title} if title else {})})
    names = {column["name"] for column in columns}
    for column in columns:
        links = column.get("link") or ()
        column["link"] = next((link for link in ([links] if isinstance(links, str) else links) if link in names), None)
    return columns


def values_line(name: str) -> re.Pattern[str]:
    """The pattern of the one line that holds a parameter's term; group `term` is what binding replaces."""
    return re.compile(
        rf"^(?P<head>[ \t]*VALUES \?{re.escape(name)} \{{ )(?P<term>\S.*?)(?P<tail> \}}[ \t]*)$", re.MULTILINE
    )


def _default(path: Path, header_length: int, sparql: str, name: str, prefixes: Prefixes) -> Term | None:
    found = list(values_line(str(name)).finditer(sparql))
    if len(found) != 1:
        raise QuestionFileError(
            path,
            header_length + 1,
            f"parameter «{name}» needs exactly one line «VALUES ?{name} {{ … }}», found {len(found)}",
        )
    written = found[0]["term"]
    if written == "UNDEF":
        return None
    line = header_length + sparql.count("\n", 0, found[0].start()) + 1
    turtle = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes.namespaces.items())
    try:
        triples = list(parse(f"{turtle}<urn:x:s> <urn:x:p> {written} .".encode(), format=RdfFormat.TURTLE))
    except SyntaxError as error:
        raise QuestionFileError(path, line, f"the default of «{name}» is not one RDF term: {error.msg}") from None
    term = triples[0].object
    if len(triples) != 1 or not isinstance(term, NamedNode | RdfLiteral):
        raise QuestionFileError(path, line, f"the default of «{name}» must be one IRI or literal")
    return term
