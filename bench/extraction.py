"""
Scores of the extraction of the five examples against the hand-checked gold: `python -m bench.extraction`.

Three runs: with profiles, without, and with reference data that lack the bodies of these documents.  The scorer and the
gold lie beside the checkout in `../shared/gold`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.papers import SHARED, are_missing
from loaders.extract import extract
from loaders.profile import Profile
from ontology.reference import Reference, load_reference

ROOT = Path(__file__).resolve().parent.parent
GOLD = SHARED / "gold"


def main() -> int:
    if are_missing(GOLD):
        return 0
    reference = load_reference()
    runs: tuple[tuple[str, Reference, Profile | None], ...] = (
        ("(a) with profiles", reference, None),
        ("(b) without profiles", reference, Profile()),
        ("(c) without profiles, without the documents' own bodies", reference.without_documents(), Profile()),
    )
    for label, known, profile in runs:
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            for document in documents():
                extraction = extract(document, reference=known, profile=profile)
                target = Path(folder) / f"{document.name[:3]}.json"
                target.write_text(json.dumps(extraction.to_json(), ensure_ascii=False), encoding="utf-8")
            seconds = time.perf_counter() - began
            scored = subprocess.run(
                [sys.executable, str(GOLD / "score.py"), str(GOLD / "seeds"), folder, *sys.argv[1:]],
                check=True,
                capture_output=True,
                text=True,
            )
        print(f"{label}: {seconds:.1f} s\n{scored.stdout}")
    return 0


def documents() -> list[Path]:
    return sorted((ROOT / "examples").glob("*.txt"))


if __name__ == "__main__":
    sys.exit(main())
