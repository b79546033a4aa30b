"""
Scores of the extraction of the made-up roadmaps, without profiles: `python -m bench.corpus_score [--verbose] [ID …]`.

With `--held-out` the documents that another reader wrote are scored too.  The scorer lies beside the checkout in
`../shared/gold`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.corpus.building import build, held_out_documents, open_documents
from loaders.cells import UnreadableDocumentError
from loaders.extract import extract
from loaders.profile import Profile
from ontology.reference import load_reference

SCORER: Final = Path(__file__).resolve().parent.parent.parent / "shared" / "gold" / "score.py"


def main() -> int:
    if not SCORER.is_file():
        print(f"{SCORER} is missing", file=sys.stderr)
        return 2
    wanted = {argument for argument in sys.argv[1:] if not argument.startswith("-")}
    documents = [*open_documents(), *(held_out_documents() if "--held-out" in sys.argv else [])]
    reference = load_reference()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = folder / "found"
        found.mkdir()
        for document, path, _ in build([each for each in documents if not wanted or each.id in wanted], folder):
            try:
                extraction = extract(path, reference=reference, profile=Profile())
            except UnreadableDocumentError as error:
                print(error, file=sys.stderr)
                continue
            text = json.dumps(extraction.to_json(), ensure_ascii=False)
            (found / f"{document.id}.json").write_text(text, encoding="utf-8")
        options = ["--verbose"] if "--verbose" in sys.argv else []
        subprocess.run([sys.executable, str(SCORER), str(folder / "gold"), str(found), *options], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
