"""Settings of one installation: the only reader of `VEKHA_*` variables and of the settings file."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from ontology.iris import HOME, Iris

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "VEKHA_"
FILE_VARIABLE = "VEKHA_CONFIG"
# The keyword SERVICE in a name could be read as one.
_SERVICE_NAME = re.compile("(?!.*service)[a-z][a-z0-9-]{0,39}")
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


class NamedService(BaseModel):
    """A SPARQL endpoint that queries may ask; `local`: it may stand on this machine or in a private network."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str
    local: bool = False

    @field_validator("address")
    @classmethod
    def _exact_address(cls, value: str) -> str:
        _check_address(value)
        return value


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
    keep_documents: bool = Field(True, description="whether loaded files are kept, to be read again")
    languages: tuple[Literal["ru", "en"], ...] = Field(("ru", "en"), min_length=1, description="languages of the pages")
    time_zone: str = Field("", description="time zone of «today» and of moments, as Asia/Tomsk; empty: the machine's")
    query_seconds: Annotated[float, Field(gt=0, le=3600, description="time limit of one query")] = 10.0
    query_rows: Annotated[int, Field(ge=1, description="row limit of one answer")] = 100_000
    query_bytes: Annotated[int, Field(ge=1024, description="size limit of one answer")] = 64 * 1024 * 1024
    query_memory: Annotated[int, Field(ge=1 << 28, description="memory limit of one query process")] = 1024**3
    query_reading_seconds: Annotated[
        float, Field(gt=0, le=3600, description="how long an answer may wait to be read, in all")
    ] = 30.0
    query_length: Annotated[int, Field(ge=64, description="length limit of a query text")] = 256 * 1024
    reading_seconds: Annotated[float, Field(gt=0, le=36000, description="time limit of reading one document")] = 120.0
    reading_memory: Annotated[int, Field(ge=1 << 28, description="memory limit of one reading process")] = (
        3 * 512 * 1024**2
    )
    reading_processes: Annotated[
        int, Field(ge=0, le=256, description="processes that read documents; 0 takes as many as there are processors")
    ] = 0
    upload_bytes: Annotated[int, Field(ge=1024, description="size limit of documents sent to the server at once")] = (
        64 * 1024**2
    )
    workers: Annotated[int, Field(ge=1, le=64, description="processes that evaluate queries")] = 2
    dataset: Literal["roadmaps", "plain"] = Field("roadmaps", description="kind of a new data folder")
    store: str = Field("", description="query address of a SPARQL engine that answers queries; empty: the data folder")
    store_update: str = Field("", description="update address of that engine; empty: the same")
    store_authorization: SecretStr = Field(SecretStr(""), description="Authorization header for that engine")
    read_only: bool = Field(False, description="whether loads and updates are refused")
    replica: Literal["auto", "memory", "disk"] = Field("auto", description="whether queries are answered from memory")
    replica_memory: Annotated[
        int, Field(ge=0, description="memory that all query processes may take for data; for replica=auto")
    ] = 2 * 1024**3
    services: dict[str, NamedService] = Field({}, description="services that queries may ask by SERVICE, by name")
    service_seconds: Annotated[float, Field(gt=0, le=3600, description="time limit of one call of a service")] = 5.0
    service_rows: Annotated[int, Field(ge=1, description="row limit of one answer of a service")] = 20_000
    service_bytes: Annotated[int, Field(ge=1024, description="size limit of one answer of a service")] = 8 * 1024**2
    service_calls: Annotated[int, Field(ge=1, le=10_000, description="calls of services for one query")] = 50
    services_seconds: Annotated[
        float, Field(gt=0, le=3600, description="time limit of all calls of services for one query")
    ] = 20.0
    services_rows: Annotated[int, Field(ge=1, description="row limit of all answers of services for one query")] = (
        100_000
    )
    services_bytes: Annotated[
        int, Field(ge=1024, description="size limit of all answers of services for one query")
    ] = 32 * 1024**2
    service_cache_seconds: Annotated[
        float, Field(ge=0, description="how long answers of services are kept; 0: not at all")
    ] = 3600.0
    service_cache_bytes: Annotated[int, Field(ge=0, description="size of the cache of answers of services")] = (
        64 * 1024**2
    )
    sources: tuple[str, ...] = Field((), description="addresses or origins that updates may LOAD")
    anonymous_update: bool = Field(False, description="whether anybody may update; for tests on this machine only")
    user_query_seconds: Annotated[float, Field(gt=0, le=3600, description="time limit of one query of a user")] = 60.0
    user_query_rows: Annotated[int, Field(ge=1, description="row limit of one answer for a user")] = 1_000_000
    user_query_bytes: Annotated[int, Field(ge=1024, description="size limit of one answer for a user")] = 512 * 1024**2
    slow_seconds: Annotated[float, Field(ge=0, description="queries from this time on are logged with their text")] = (
        2.0
    )
    budget_seconds: Annotated[
        float, Field(ge=0, description="query seconds of one client in a minute; 0: no such limit")
    ] = 60.0
    budget_errors: Annotated[int, Field(ge=0, description="errors of one client in a minute; 0: no such limit")] = 60
    user_budget_seconds: Annotated[
        float, Field(ge=0, description="query seconds of one user in a minute; 0: no such limit")
    ] = 240.0
    cache_bytes: Annotated[int, Field(ge=0, description="size of the cache of answers; 0: no cache")] = 64 * 1024**2
    trusted_proxies: tuple[str, ...] = Field((), description="proxies whose word on the client's address counts")
    https: bool = Field(False, description="whether people come by HTTPS, which a proxy ends")
    metrics: Literal["admin", "loopback"] = Field("admin", description="who reads /metrics besides admins")
    log: Literal["text", "json"] = Field("text", description="form of the log: problems in words, or all as JSON")

    @field_validator("base")
    @classmethod
    def _absolute_base(cls, value: str) -> str:
        return Iris(value).base

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key if value else value
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(
                "no time zone has this name; expected is one such as Asia/Tomsk or Europe/Moscow"
            ) from error

    @field_validator("sources")
    @classmethod
    def _exact_addresses(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            _check_address(value)
        return values

    @field_validator("services", mode="before")
    @classmethod
    def _short_services(cls, values: object) -> object:
        """An address alone stands for a service that has nothing else."""
        if not isinstance(values, dict):
            raise ValueError('names with addresses are expected: {"name": "https://…"}')  # noqa: TRY004 (becomes a ValidationError)
        return {name: {"address": given} if isinstance(given, str) else given for name, given in values.items()}

    @field_validator("services")
    @classmethod
    def _plain_names(cls, values: dict[str, NamedService]) -> dict[str, NamedService]:
        for name in values:
            if not _SERVICE_NAME.fullmatch(name):
                raise ValueError(f"{name!r}: a name has small Latin letters, digits and «-», and no «service» in it")
        if len({given.address for given in values.values()}) < len(values):
            raise ValueError("two services have one address")
        return values

    @field_validator("store_authorization")
    @classmethod
    def _one_header(cls, value: SecretStr) -> SecretStr:
        header = value.get_secret_value().strip()
        if not (header.isascii() and header.isprintable()):
            raise ValueError("a header has printable ASCII characters only")
        return SecretStr(header)

    @model_validator(mode="after")
    def _engine_in_reach(self) -> Settings:
        for name, value in (("store", self.store), ("store_update", self.store_update)):
            if not value:
                continue
            parts = urlsplit(value)
            if parts.username is not None:
                raise ValueError(f"{name}: a user and a password are given in store_authorization, not in the address")
            try:
                _check_address(value)
            except ValueError:
                raise ValueError(f"{name}: {value!r} is no exact http address") from None
            secret = self.store_authorization.get_secret_value()
            if secret and parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
                raise ValueError(f"store_authorization would be sent in the clear to {parts.hostname}; use https")
        if self.store and self.dataset == "plain":
            raise ValueError("store needs dataset=roadmaps")
        return self

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            ipaddress.ip_network(value)
        return values

    @model_validator(mode="after")
    def _open_to_this_machine_only(self) -> Settings:
        if self.anonymous_update and (self.dataset != "plain" or not _is_loopback(self.host)):
            raise ValueError("anonymous_update needs dataset=plain and a host that only this machine reaches")
        return self

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


def _check_address(value: str) -> None:
    parts = urlsplit(value)
    is_written_out = value.isascii() and value.isprintable() and " " not in value
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    if not is_written_out or not is_web or parts.username or parts.fragment:
        raise ValueError(f"{value!r} is no exact http address")
    parts.port  # noqa: B018  (raises ValueError where it is none)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
        if not first["loc"]:  # several settings that do not go together
            raise SettingsError(first["msg"]) from error
        name = ".".join(str(part) for part in first["loc"])
        field = Settings.model_fields.get(str(first["loc"][0]))
        is_secret = field is not None and field.annotation is SecretStr
        given = "" if is_secret else f" (got {first['input']!r})"
        raise SettingsError(f"setting {name}: {first['msg']}{given}") from (None if is_secret else error)
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
