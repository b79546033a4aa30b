"""
Data folders of this version, kept for later ones to open: `python -m tests.graph.keep_folders NAME`.

Writes `kept/NAME-roadmaps.zip` and `kept/NAME-plain.zip`; run it when the format of the folder or the engine changes,
under a new name, and leave the old files.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

from graph.store import Store
from tests.graph.quads import document, involves

KEPT = Path(__file__).with_name("kept")
UPDATE = "INSERT DATA { <urn:a> <urn:p> _:b GRAPH <urn:g> { <urn:c> <urn:p> 1.50 } } ; CREATE GRAPH <urn:empty>"


def fill_roadmaps(folder: Path) -> None:
    with Store.open(folder, rules=[involves], keep=1) as store:
        store.commit_documents([document("tomsk", "v1"), document("tambov", "v1", activities=3)])
        store.commit_document(document("tomsk", "v2", activities=4))
        store.folder.keep_original("Дорожная карта".encode())


def fill_plain(folder: Path) -> None:
    with Store.open(folder, rules=[], keep=1, dataset="plain") as store:
        store.update(UPDATE)


def pack(folder: Path, target: Path) -> None:
    """The folder without the engine's log, which names the machine."""
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("LOG") and not path.name.endswith(".lock"):
                archive.write(path, path.relative_to(folder))


def main() -> None:
    for kind, fill in (("roadmaps", fill_roadmaps), ("plain", fill_plain)):
        with tempfile.TemporaryDirectory() as temporary:
            fill(Path(temporary, "data"))
            pack(Path(temporary, "data"), KEPT / f"{sys.argv[1]}-{kind}.zip")


if __name__ == "__main__":
    main()
