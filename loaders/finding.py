"""The documents in files and folders, and what in the folders is none."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loaders.messages import Message, Value
from loaders.reading.opening import shown_name
from loaders.report import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Endings of documents; content decides what a file is, the ending only whether it is looked at in a folder.  Packed
# archives are refused when they are read, each with one sentence.
ENDINGS: Final = frozenset(
    {".docx", ".docm", ".dotx", ".dotm", ".doc", ".rtf", ".odt", ".ott", ".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls"}
    | {".ods", ".ots", ".pdf", ".html", ".htm", ".xhtml", ".mht", ".mhtml", ".txt", ".md", ".tsv", ".csv"}
    | {".zip", ".rar", ".7z", ".gz"}
)
_LINK: Final = Message("The link leads outside the folder and was not followed")
_PROFILE: Final = ".profile.yaml"


@dataclass(slots=True)
class Found:
    """`files` sorted by path inside each folder, each once; `notes` tell what was passed by."""

    files: list[Path] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def find_documents(paths: Iterable[Path]) -> Found:
    """
    The files named, whatever they are, and of folders all documents in them.

    Of a folder profiles are not told; hidden and temporary files and files of other kinds are counted; links are not
    followed: what they lead to inside the folder is found without them, what is outside is told by name.
    """
    found = Found()
    seen: set[Path] = set()
    for path in paths:
        for file in _in_folder(path, found) if path.is_dir() else [path]:
            if file.absolute() not in seen:
                seen.add(file.absolute())
                found.files.append(file)
    return found


def _in_folder(folder: Path, found: Found) -> list[Path]:
    files: list[Path] = []
    hidden = 0
    others: Counter[str] = Counter()
    root = Path(os.path.realpath(folder))

    for entry in _entries(folder, found):
        path = Path(entry.path)
        if entry.name.startswith((".", "~$")):
            hidden += 1
        elif entry.is_symlink():
            if not Path(os.path.realpath(path)).is_relative_to(root):
                found.notes.append(Note("link-outside", _LINK, _shown(path)))
        elif path.name.endswith(_PROFILE):
            continue
        elif path.suffix.lower() in ENDINGS and entry.is_file(follow_symlinks=False):
            files.append(path)
        else:
            others[path.suffix.lower() or shown_name(path)] += 1
    notes = []
    if hidden:
        notes.append(("hidden-files", Message("Hidden and temporary files left out: {count}", {"count": hidden})))
    if others:
        kinds = ", ".join(kind for kind, _ in others.most_common(5))
        values: dict[str, Value] = {"count": others.total(), "kinds": kinds}
        notes.append(("no-documents", Message("Files that are no documents left out: {count} ({kinds})", values)))
    if not files:
        notes.append(("empty-folder", Message("No documents in the folder")))
    found.notes += [Note(code, message, _shown(folder)) for code, message in notes]
    return sorted(files)


def _entries(folder: Path, found: Found) -> Iterator[os.DirEntry[str]]:
    """Everything in the folder and the folders in it but what is in hidden ones; folders themselves only if hidden."""
    try:
        with os.scandir(folder) as scanned:
            entries = list(scanned)
    except OSError as error:
        message = Message("The folder cannot be read ({reason})", {"reason": error.strerror or str(error)})
        found.notes.append(Note("unreadable-folder", message, _shown(folder)))
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            yield from _entries(Path(entry.path), found)
        else:
            yield entry


def _shown(path: Path) -> str:
    return os.fsencode(path).decode("utf-8", "replace")
