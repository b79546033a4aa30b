"""What one running service or command is made of; built once, handed to every request, never global."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version as distribution_version
from typing import TYPE_CHECKING, TypeAlias

from api.clock import Clock
from api.knowledge import Knowledge
from api.language import Languages
from graph.federation.gateway import Gateway
from graph.federation.services import Service, ServiceLimits
from graph.folder import DataFolder
from graph.remote.engine import Address, RemoteEngine
from graph.remote.pool import RemotePool
from graph.remote.replica import RemoteReplica
from graph.search_entries import Entry
from graph.search_indexes import SearchIndexes
from graph.snapshots import Versions
from graph.workers import Limits, WorkerPool
from ontology.iris import Iris
from queries.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.settings import Settings
    from queries.catalogue import Question

# What evaluates queries from outside: processes of this machine, or another engine.
QueryPool: TypeAlias = WorkerPool | RemotePool


@dataclass(frozen=True, slots=True)
class Installation:
    """Settings and what is made of them; reads the data folder, never writes it."""

    settings: Settings
    iris: Iris
    catalogue: Catalogue
    languages: Languages
    versions: Versions
    search: SearchIndexes

    @classmethod
    def of(cls, settings: Settings) -> Installation:
        catalogue, versions = Catalogue.read(settings.base), Versions(DataFolder(settings.data))
        return cls(
            settings=settings,
            iris=Iris(settings.base),
            catalogue=catalogue,
            languages=Languages.read(settings.languages),
            versions=versions,
            search=SearchIndexes(versions, [_entry(question) for question in catalogue.listed()]),
        )

    @property
    def clock(self) -> Clock:
        return Clock.of(self.settings)

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that texts need not declare; a plain dataset is asked as SPARQL is written, without any."""
        return {} if self.settings.dataset == "plain" else self.catalogue.prefixes.namespaces

    @property
    def limits(self) -> Limits:
        """What one query from outside may use, and how many may wait, by the settings."""
        settings = self.settings
        return Limits(
            seconds=settings.query_seconds,
            memory=settings.query_memory,
            rows=settings.query_rows,
            bytes=settings.query_bytes,
            reading=settings.query_reading_seconds,
        )

    def start_workers(self) -> QueryPool:
        """What evaluates queries from outside, with the limits of the settings; the caller closes it."""
        settings, limits = self.settings, self.limits
        # In a plain dataset every name is the user's own.
        search = None if settings.dataset == "plain" else self.search
        replica = self.replica()
        own = WorkerPool(
            settings.data,
            size=settings.workers,
            limits=limits,
            gateway=self.gateway(),
            replica=settings.replica,
            replica_memory=settings.replica_memory,
            search=search,
        )
        if replica is None:
            return own
        return RemotePool(replica, size=settings.workers, limits=limits, search=search, own=own)

    def gateway(self) -> Gateway:
        """What asks the services that the settings name, for queries with SERVICE."""
        settings = self.settings
        return Gateway(
            [Service(name, given.address, given.local) for name, given in settings.services.items()],
            names=f"{settings.base}endpoint/",
            limits=ServiceLimits(
                seconds=settings.service_seconds,
                rows=settings.service_rows,
                bytes=settings.service_bytes,
                calls=settings.service_calls,
                query_seconds=settings.services_seconds,
                query_rows=settings.services_rows,
                query_bytes=settings.services_bytes,
                cache_seconds=settings.service_cache_seconds,
                cache_bytes=settings.service_cache_bytes,
            ),
            agent=f"Vekha/{distribution_version('vekha')}",
        )

    def replica(self) -> RemoteReplica | None:
        """The engine that answers in place of the data folder, if the settings name one."""
        settings = self.settings
        if not settings.store:
            return None
        address = Address(
            query=settings.store,
            update=settings.store_update or settings.store,
            authorization=settings.store_authorization.get_secret_value() or None,
        )
        return RemoteReplica(RemoteEngine(address), settings.base, self.versions)

    def newest(self) -> Knowledge:
        """
        The newest data version, ready to be asked.

        Raises:
            NothingLoadedError: Nothing was ever loaded.
            DataFolderError: The folder is not ours or damaged.
        """
        return Knowledge(self.versions.newest(), self.catalogue, self.iris, self.search)


def _entry(question: Question) -> Entry:
    """A question as search finds it."""
    names = {"ru": question.title.ru, "en": question.title.en}
    return Entry(f"question:{question.id}", "question", names, [], [question.description.ru, question.description.en])
