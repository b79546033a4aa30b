"""Settings of one installation: the only reader of `VEKHA_*` variables and of the settings file."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from ontology.iris import HOME, Iris

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "VEKHA_"
FILE_VARIABLE = "VEKHA_CONFIG"
CHECKOUT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting that cannot be used; the message names the setting, its value and what is expected."""


def default_data_folder() -> Path:
    """`data` in a checkout; else the folder where the system keeps a user's data."""
    if (CHECKOUT / "pyproject.toml").is_file():
        return CHECKOUT / "data"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "vekha"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "vekha"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "vekha"


class Settings(BaseSettings):
    """
    Values by this order: arguments, `VEKHA_*` variables, the file named by `VEKHA_CONFIG`, defaults.

    Raises:
        ValidationError: A value does not fit; `read_settings` turns it into one sentence.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data: Path = Field(default_factory=default_data_folder, description="folder of the store")
    base: str = Field(HOME, description="base IRI of the data")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: Annotated[int, Field(ge=0, le=65535, description="port to listen on; 0 takes a free one")] = 8000
    show_persons: bool = Field(True, description="whether names of persons are stored and shown")
    languages: tuple[Literal["ru", "en"], ...] = Field(("ru", "en"), min_length=1, description="languages of the pages")
    query_seconds: Annotated[float, Field(gt=0, le=3600, description="time limit of one query")] = 10.0
    query_rows: Annotated[int, Field(ge=1, description="row limit of one answer")] = 100_000
    query_bytes: Annotated[int, Field(ge=1024, description="size limit of one answer")] = 64 * 1024 * 1024
    query_memory: Annotated[int, Field(ge=1 << 28, description="memory limit of one query process")] = 1024**3
    query_length: Annotated[int, Field(ge=64, description="length limit of a query text")] = 64 * 1024
    reading_seconds: Annotated[float, Field(gt=0, le=36000, description="time limit of reading one document")] = 120.0
    reading_memory: Annotated[int, Field(ge=1 << 28, description="memory limit of one reading process")] = (
        3 * 512 * 1024**2
    )
    reading_processes: Annotated[
        int, Field(ge=0, le=256, description="processes that read documents; 0 takes as many as there are processors")
    ] = 0
    workers: Annotated[int, Field(ge=1, le=64, description="processes that evaluate queries")] = 2

    @field_validator("base")
    @classmethod
    def _absolute_base(cls, value: str) -> str:
        return Iris(value).base

    @field_validator("data")
    @classmethod
    def _absolute_folder(cls, value: Path) -> Path:
        folder = value.expanduser().absolute()
        if folder.exists() and not folder.is_dir():
            raise ValueError("a folder is expected, this is a file")
        return folder

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (the signature is the library's)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, InitSettingsSource(settings_cls, _file_values())


def read_settings(**arguments: Any) -> Settings:  # noqa: ANN401  (checked by the model)
    """
    The settings of this process; arguments that are None count as not given.

    Raises:
        SettingsError: A file that cannot be read, an unknown setting, or a value that does not fit.
    """
    unknown = sorted(_unknown_variables(os.environ))
    if unknown:
        known = ", ".join(sorted(PREFIX + name.upper() for name in Settings.model_fields))
        raise SettingsError(f"unknown setting {unknown[0]}; known are {known}")
    try:
        return Settings(**{name: value for name, value in arguments.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"setting {name}: {first['msg']} (got {first['input']!r})") from error
    except ValueError as error:  # pydantic-settings: a variable that is not JSON where a list is expected
        raise SettingsError(str(error)) from error


def _unknown_variables(environment: Mapping[str, str]) -> set[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {FILE_VARIABLE}
    return {name for name in environment if name.startswith(PREFIX) and name not in known}


def _file_values() -> dict[str, Any]:
    name = os.environ.get(FILE_VARIABLE)
    if not name:
        return {}
    path = Path(name).expanduser()
    try:
        text = path.read_text(encoding="utf-8")
        values = yaml.safe_load(text) if path.suffix in {".yaml", ".yml"} else tomllib.loads(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SettingsError(f"settings file {path}: {error}") from error
    if not isinstance(values, dict):
        raise SettingsError(f"settings file {path}: names with values are expected")
    return values
