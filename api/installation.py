"""What one running service or command is made of; built once, handed to every request, never global."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.knowledge import Knowledge
from api.language import Languages
from graph.folder import DataFolder
from graph.snapshots import Versions
from graph.workers import Limits, WorkerPool
from ontology.iris import Iris
from queries.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Installation:
    """Settings and what is made of them; reads the data folder, never writes it."""

    settings: Settings
    iris: Iris
    catalogue: Catalogue
    languages: Languages
    versions: Versions

    @classmethod
    def of(cls, settings: Settings) -> Installation:
        return cls(
            settings=settings,
            iris=Iris(settings.base),
            catalogue=Catalogue.read(settings.base),
            languages=Languages.read(settings.languages),
            versions=Versions(DataFolder(settings.data)),
        )

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that texts need not declare; a plain dataset is asked as SPARQL is written, without any."""
        return {} if self.settings.dataset == "plain" else self.catalogue.prefixes.namespaces

    def start_workers(self) -> WorkerPool:
        """Processes for queries from outside, with the limits of the settings; the caller closes them."""
        settings = self.settings
        limits = Limits(
            seconds=settings.query_seconds,
            memory=settings.query_memory,
            rows=settings.query_rows,
            bytes=settings.query_bytes,
        )
        return WorkerPool(settings.data, size=settings.workers, limits=limits)

    def newest(self) -> Knowledge:
        """
        The newest data version, ready to be asked.

        Raises:
            NothingLoadedError: Nothing was ever loaded.
            DataFolderError: The folder is not ours or damaged.
        """
        return Knowledge(self.versions.newest(), self.catalogue, self.iris)
