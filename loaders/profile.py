"""
Profiles: what a person adds to or corrects in the reading of one document, in a small YAML file beside it.

An override names a cell by its address and the text it expects there, so that a changed source is noticed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from pathlib import Path

_Slug = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"


class ProfileError(Exception):
    """A profile that cannot be used; the message says which file, which key, and what to do, in one sentence."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ThemeOverride(_Strict):
    theme: str
    basis: Literal["text", "section", "document", "column", "context", "manual"] = "manual"


class TableOverride(_Strict):
    """`columns` maps column numbers, from 1, to roles of the column-kind scheme."""

    kind: Literal["activities", "results", "indicators", "form", "other"] | None = None
    columns: dict[int, str] = Field(default_factory=dict)


class RowOverride(_Strict):
    """
    `cell` is the address of a cell of the row, `expects` the start of the text that must stand there.

    `text` replaces that cell's text, `themes` are added to the row's, `level` is set.
    """

    cell: str
    expects: str = Field(min_length=3)
    text: str | None = None
    themes: tuple[ThemeOverride, ...] = ()
    level: Literal["federal", "interregional", "region", "hub", "municipality", "school"] | None = None


class Profile(_Strict):
    """An empty profile changes nothing; `file` is the name of the file it was read from, for messages."""

    roadmap: str | None = Field(default=None, pattern=_Slug)
    title_en: str | None = None
    tables: dict[str, TableOverride] = Field(default_factory=dict)
    rows: tuple[RowOverride, ...] = ()
    file: str = Field(default="profile", exclude=True)


def profile_path(document: Path) -> Path:
    """Where the profile of a document stands: `<stem>.profile.yaml` beside it."""
    return document.with_name(f"{document.stem}.profile.yaml")


def load_profile(path: Path) -> Profile:
    """
    The profile in a file; an empty profile if there is no such file.

    Raises:
        ProfileError: the file is no YAML mapping, or has an unknown key or a value of the wrong kind.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Profile()
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path.name}: cannot be read as UTF-8 text ({error}).") from error
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise ProfileError(f"{path.name}{line}: is no valid YAML; correct it or delete the profile.") from error
    if content is None:
        return Profile(file=path.name)
    if not isinstance(content, dict):
        raise ProfileError(
            f"{path.name}: must hold keys such as «roadmap:» and «rows:», not a {type(content).__name__}."
        )
    try:
        return Profile.model_validate({**content, "file": path.name})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ProfileError(f"{path.name}: key «{key}»: {first['msg'].lower()}; correct it.") from error
