"""
The files as they were loaded, with their profiles: from them documents are read again, without their folders.

Each content is kept once, under its SHA-256 (`DataFolder.original`).  Only its owner may read the folder: files hold
names of persons also where the data withhold them.
"""

from __future__ import annotations

import os
import shutil
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from loaders.loaded_versions import loaded_versions, newest
from loaders.messages import DocumentError
from loaders.pipeline import load_paths
from loaders.profile import profile_path
from loaders.report import DocumentReport, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from graph.folder import DataFolder
    from graph.store import Store
    from loaders.pipeline import Progress, Readers
    from loaders.quads.catalogue import LoadedVersion
    from loaders.report import LoadReport
    from ontology.iris import Iris
    from ontology.reference import Reference


class NotKeptError(DocumentError):
    """What a document was read from is not in the data folder; the message says what to do."""


def reload_documents(
    roadmaps: Collection[str] | None,
    *,
    store: Store,
    iris: Iris,
    reference: Reference | None = None,
    show_persons: bool = True,
    progress: Callable[[Progress], None] | None = None,
    readers: Readers | None = None,
    keep_documents: bool = True,
) -> LoadReport:
    """
    What came of loading the current versions of these roadmaps (slugs; None: of all) again from their kept files.

    It is `load_paths`, under the names and with the profiles of the last load: what would give the same graph is left
    as it is.  A document whose file or profile is not kept stays as it is, and its report says so.

    Raises:
        GraphError: The store cannot be read or written; what was committed before stays.
    """
    namespace = iris.namespace("roadmap")
    versions = [
        version
        for version in loaded_versions(newest(store))
        if version.current and (roadmaps is None or version.roadmap.value.removeprefix(namespace) in roadmaps)
    ]
    paths: list[Path] = []
    lost: list[DocumentReport] = []
    with TemporaryDirectory(prefix="vekha-") as folder:
        for version in versions:
            try:
                paths.append(lay_out(version, store.folder, Path(folder, str(len(paths)))))
            except NotKeptError as error:
                note = Note("not-kept", error.message)
                lost.append(DocumentReport(version.file, roadmap=version.roadmap.value, errors=[note]))
        report = load_paths(
            paths,
            store=store,
            iris=iris,
            reference=reference,
            show_persons=show_persons,
            progress=progress,
            readers=readers,
            keep_documents=keep_documents,
        )
    report.documents += lost
    return report


def lay_out(version: LoadedVersion, kept: DataFolder, folder: Path) -> Path:
    """
    The file of a version under its name in the empty `folder`, its profile beside it.

    Raises:
        NotKeptError: One of them is not kept, or not as it was.
    """
    path = folder / Path(version.file).name
    file = kept.original(version.sha256)
    if file is None:
        raise NotKeptError(
            "{file}: the data folder does not keep this file; load it again: vekha load FILE", file=path.name
        )
    copies = {path: file}
    if version.profile is not None:
        profile = kept.original(version.profile)
        if profile is None:
            raise NotKeptError(
                "{file}: the data folder does not keep its profile; load the file again: vekha load FILE",
                file=path.name,
            )
        copies[profile_path(path)] = profile
    folder.mkdir(exist_ok=True)
    for copy, original in copies.items():
        if _digest(original) != original.name:
            raise NotKeptError(
                "{file}: the copy in the data folder is damaged; load the file again: vekha load FILE", file=path.name
            )
        if os.name == "nt":  # where links are a privilege
            shutil.copy2(original, copy)
        else:
            copy.symlink_to(original.absolute())
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
