"""The documents in files and folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def document_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files, and of folders everything in them but hidden files and profiles, sorted by path; each once."""
    seen: set[Path] = set()
    for path in paths:
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in found:
            inside = file.relative_to(path).parts if path.is_dir() else ()
            hidden = any(part.startswith((".", "~$")) for part in inside)
            profile = path.is_dir() and file.name.endswith(".profile.yaml")
            if not (hidden or profile or file.is_dir()) and file.absolute() not in seen:
                seen.add(file.absolute())
                yield file
