"""Builds the corpus into a folder: `python -m bench.corpus FOLDER`."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path

from bench.corpus.building import build, held_out_documents, open_documents


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: python -m bench.corpus FOLDER", file=sys.stderr)
        return 2
    for document, path, _ in build([*open_documents(), *chain(*held_out_documents().values())], Path(sys.argv[1])):
        print(f"{document.id}  {len(document.rows()):3} rows  {path.stat().st_size:7} bytes  {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
