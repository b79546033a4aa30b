"""
Profiles: what a person adds to or corrects in the reading of one document, in a small YAML file beside it.

`profile_text` writes what was read as a profile; a person changes a line, and the next reading obeys.  Keys of tables
say how the document is read; the others are corrections (`loaders.corrections`).  An override names a cell by its
address and the text it expects there, so that a changed source is noticed.
"""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from loaders.corrections import Correction
from loaders.messages import DocumentError
from ontology.language import slug

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loaders.extraction import CorrectedField, Extraction, Operation, TableSummary

# A profile of a thousand overrides has half of this.
MOST_BYTES: Final = 256 * 1024
_Slug = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
Level = Literal["federal", "interregional", "region", "hub", "municipality", "school"]
ColumnKind = Literal[
    "number",
    "activity",
    "section",
    "deadline",
    "responsible",
    "participant-or-organizer",
    "co-executor",
    "result",
    "indicator",
    "result-or-indicator",
    "result-form",
    "assessment",
    "target",
    "form-item",
    "answer",
    "question",
    "hint",
    "unit",
    "other",
]


class ProfileError(DocumentError):
    """A profile that cannot be used; the message says which file, which key, and what to do, in one sentence."""


class _Loader(yaml.SafeLoader):
    """Without references: a few lines of them can stand for more than any memory holds."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "a reference", event.start_mark)
        return super().compose_node(parent, index)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnOverride(_Strict):
    """`label` is the one expected at the head of the column; a role alone may stand for the whole."""

    role: ColumnKind
    label: str | None = None


class TableOverride(_Strict):
    """
    How a table is read.

    `columns` are counted from 1; `head` is the number of its head rows, column numbers included; `sections` tells
    where titles of sections stand: in rows of their own, in the column of that role, or nowhere.
    """

    kind: Literal["activities", "results", "indicators", "form", "other"] | None = None
    head: int | None = Field(default=None, ge=1)
    sections: Literal["rows", "column", "none"] | None = None
    columns: dict[int, ColumnOverride] = Field(default_factory=dict)

    @field_validator("columns", mode="before")
    @classmethod
    def _roles_alone(cls, columns: Any) -> Any:  # noqa: ANN401  (whatever the YAML holds)
        if not isinstance(columns, dict):
            return columns
        return {number: {"role": found} if isinstance(found, str) else found for number, found in columns.items()}


class _Listed(_Strict):
    """With `instead` one is replaced, or removed if nothing comes in its place."""

    instead: str | None = None

    @property
    def operation(self) -> Operation:
        if self.instead is None:
            return "add"
        return "replace" if self.value else "remove"

    @property
    def value(self) -> str | None:
        raise NotImplementedError

    @model_validator(mode="after")
    def _says_something(self) -> _Listed:
        if self.value is None and self.instead is None:
            raise ValueError("say what stands here or instead of what")
        return self


class ThemeOverride(_Listed):
    theme: str | None = None
    basis: Literal["text", "section", "document", "column", "context", "manual"] = "manual"

    @property
    def value(self) -> str | None:
        return self.theme


class ActorOverride(_Listed):
    """`actor` is a name as a cell would print it, or an IRI of the reference data; `by` says who corrected it."""

    actor: str | None = None
    by: str | None = Field(default=None, min_length=1, max_length=200)

    @property
    def value(self) -> str | None:
        return self.actor


class RowOverride(_Strict):
    """
    `cell` is the address of a cell of the row, `expects` the start of the text that must stand there.

    `text` is how that cell reads, `deadline` the deadline in words; `kind` «none» says that the row is none.
    """

    cell: str
    expects: str = Field(min_length=3)
    text: str | None = None
    kind: Literal["activity", "result", "indicator", "form-item", "none"] | None = None
    number: str | None = None
    section: str | None = None
    level: Level | None = None
    deadline: str | None = None
    themes: tuple[ThemeOverride, ...] = ()
    actors: tuple[ActorOverride, ...] = ()
    reason: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> RowOverride:
        if not (self.themes or self.actors or any(value is not None for _, value in _of_row(self))):
            raise ValueError("say what is changed")
        return self


class Profile(_Strict):
    """
    An empty profile changes nothing.

    `file` is the name of the file it was read from, `changed` when that was changed, as ISO time.
    """

    roadmap: str | None = Field(default=None, pattern=_Slug)
    title: str | None = Field(default=None, min_length=3)
    title_en: str | None = None
    level: Level | None = None
    territory: str | None = None
    period: str | None = None
    glossary: dict[str, str] | None = None
    tables: dict[str, TableOverride] = Field(default_factory=dict)
    rows: tuple[RowOverride, ...] = ()
    file: str = Field(default="profile", exclude=True)
    changed: str = Field(default="1970-01-01T00:00:00+00:00", exclude=True)

    def slug_of(self, file: str) -> str:
        """The slug of the roadmap that stands in `file`: the profile's, else that of the file's stem."""
        return self.roadmap or slug(PurePath(file).stem)

    def corrections(self, roadmap: str) -> list[Correction]:
        """The overrides of document and rows as corrections, in the order of the file."""

        def correction(field: CorrectedField, **values: Any) -> Correction:  # noqa: ANN401  (fields of `Correction`)
            return Correction(roadmap, field, self.file, self.changed, of_profile=True, **values)

        found = [correction(field, value=value) for field, value in self._of_document() if value is not None]
        for row in self.rows:
            place = {"cell": row.cell, "expects": row.expects, "reason": row.reason}
            found += [correction(field, value=value, **place) for field, value in _of_row(row) if value is not None]
            found += [
                correction(
                    "theme",
                    operation=theme.operation,
                    value=theme.theme,
                    instead=theme.instead,
                    basis=theme.basis,
                    **place,
                )
                for theme in row.themes
            ]
            for actor in row.actors:
                one = correction("actor", operation=actor.operation, value=actor.actor, instead=actor.instead, **place)
                found.append(replace(one, author=f"{actor.by}, {self.file}", key="") if actor.by else one)
        return found

    def _of_document(self) -> Iterator[tuple[CorrectedField, str | None]]:
        yield "level", self.level
        yield "territory", self.territory
        yield "period", self.period


def _of_row(row: RowOverride) -> Iterator[tuple[CorrectedField, str | None]]:
    yield "text", row.text
    yield "kind", row.kind
    yield "number", row.number
    yield "section", row.section
    yield "level", row.level
    yield "deadline", row.deadline


def profile_path(document: Path) -> Path:
    """Where the profile of a document stands: `<stem>.profile.yaml` beside it."""
    return document.with_name(f"{document.stem}.profile.yaml")


def load_profile(path: Path) -> Profile:
    """
    The profile in a file; an empty profile if there is no such file.

    Raises:
        ProfileError: the file is no YAML mapping, refers to its own parts, is too large, or has an unknown key or a
            value of the wrong kind.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ProfileError("{file}: is no regular file; name a document.", file=path.name)
        if status.st_size > MOST_BYTES:
            raise ProfileError(
                "{file}: larger than any profile ({limit} KB); keep what corrects the reading, delete the rest.",
                file=path.name,
                limit=MOST_BYTES // 1024,
            )
        text = path.read_text(encoding="utf-8")
        changed = datetime.fromtimestamp(status.st_mtime, UTC).replace(microsecond=0)
    except FileNotFoundError:
        return Profile()
    except (OSError, UnicodeDecodeError) as error:
        reason = str(error)
        raise ProfileError("{file}: cannot be read as UTF-8 text ({reason}).", file=path.name, reason=reason) from error
    return parse_profile(text, file=path.name, changed=changed)


def parse_profile(text: str, *, file: str, changed: datetime | None = None) -> Profile:
    """
    The profile in a text of YAML; `file` is what its errors are told of.

    Raises:
        ProfileError: As `load_profile`.
    """
    try:
        content = yaml.load(text, _Loader)  # noqa: S506  (a safe loader)
    except (yaml.YAMLError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        raise ProfileError(
            "{file}, line {line}: is no valid YAML; correct it or delete the profile.",
            file=file,
            line=where.line + 1 if where else 1,
        ) from error
    if content is None:
        return Profile(file=file)
    if not isinstance(content, dict):
        raise ProfileError(
            "{file}: must hold keys such as «roadmap:» and «rows:», not a {type}.",
            file=file,
            type=type(content).__name__,
        )
    when = {"changed": changed.isoformat()} if changed else {}
    try:
        return Profile.model_validate({**content, "file": file, **when})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ProfileError(
            "{file}: key «{key}»: {reason}; correct it.", file=file, key=key, reason=first["msg"].lower()
        ) from error


def written_profile(profile: Profile) -> str | None:
    """The profile as YAML, which `parse_profile` reads as the same; None if it changes nothing."""
    said = profile.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=120) if said else None


def profile_text(extraction: Extraction, profile: Profile) -> str:
    """
    A profile, as YAML, that says what was read; read again with it, the document gives the same.

    `profile` is the one it was read with; its own keys stay.
    """
    file = extraction.source.file
    territory = extraction.territory
    place = ", ".join(filter(None, (territory.federal_subject, territory.municipality))) if territory else ""
    period = extraction.period
    parts: list[tuple[str, dict[str, Any]]] = [
        (f"How {file} is read; change what is wrong, delete what is right.", {"roadmap": profile.slug_of(file)}),
        ("", {"title": profile.title}),
        ("", {"title_en": profile.title_en}),
        ("federal, interregional, region, hub, municipality or school", {"level": extraction.level}),
        ("", {"territory": place if territory and territory.federal_subject else None}),
        (
            f"in the document: «{' '.join(period.raw.split())}»" if period else "",
            {"period": f"{period.start}/{period.end}" if period else None},
        ),
        ("", {"glossary": {entry.short: entry.long for entry in extraction.glossary} or None}),
        (
            "kind «other» leaves a table out; head: number of head rows; sections: rows, column or none",
            {"tables": {table.id: _table(table) for table in extraction.tables} or None},
        ),
        ("", {"rows": profile.model_dump(mode="json", exclude_defaults=True).get("rows")}),
    ]
    return "".join(
        (f"# {comment}\n" if comment else "") + yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=120)
        for comment, values in parts
        if next(iter(values.values())) is not None
    )


def _table(table: TableSummary) -> dict[str, Any]:
    return {
        "kind": table.kind,
        **({"head": table.head} if table.head else {}),
        "sections": table.sections,
        "columns": {
            number: {"label": column.label, "role": column.role} for number, column in enumerate(table.columns, 1)
        },
    }
