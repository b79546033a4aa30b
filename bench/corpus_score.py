"""
Scores of the extraction of the made-up roadmaps, without profiles: `python -m bench.corpus_score [--verbose] [ID …]`.

With `--held-out` the documents that other readers wrote are scored too, each set by itself; with
`--as=FORMAT` all are set in one format.
The scorer lies beside the checkout in `../shared/gold`.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

from bench.corpus.building import build, held_out_documents, in_format, open_documents
from bench.corpus.gold import gold
from bench.corpus.model import Document, Format
from bench.papers import SHARED, are_missing
from loaders.cells import UnreadableDocumentError
from loaders.extract import extract
from loaders.profile import Profile
from ontology.reference import Reference, load_reference

SCORER: Final = SHARED / "gold" / "score.py"
GOALS: Final[Mapping[str, float]] = {
    "rows": 0.995,
    "text": 0.99,
    "number": 0.98,
    "section": 0.97,
    "deadline": 0.97,
    "mention": 0.97,
    "entity": 0.93,
    "targets": 0.98,
    "level": 1.0,
    "territory": 1.0,
    "period": 0.98,
    "act": 0.95,
}

Figures = Mapping[str, float | None]


def load_scorer(path: Path = SCORER) -> Callable[[dict[str, Any], dict[str, Any], bool], Figures]:
    """
    The function that scores one extraction against its gold: figures by field, None where the gold has no such thing.

    Raises:
        FileNotFoundError: the scorer is not beside the checkout.
    """
    specification = importlib.util.spec_from_file_location("gold_score", path)
    if specification is None or specification.loader is None or not path.is_file():
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)

    def figures(truth: dict[str, Any], found: dict[str, Any], verbose: bool) -> Figures:  # noqa: FBT001
        # The scorer looks for years in escaped JSON, where a dash reads as the year 2013.
        period = {key: value for key, value in (found.get("period") or {}).items() if key != "raw"}
        scored: Figures = module.score(truth, {**found, "period": period}, verbose)
        return scored

    return figures


def read_back(document: Document, path: Path, reference: Reference) -> dict[str, Any]:
    """The extraction of a built document; empty with a message if it cannot be read."""
    try:
        return extract(path, reference=reference, profile=Profile()).to_json()
    except UnreadableDocumentError as error:
        print(f"{document.id}: {error}", file=sys.stderr)
        return {}


def mean(figures: list[Figures], field: str) -> float | None:
    """The mean over the documents that have the field; None if none has."""
    values = [value for each in figures if (value := each.get(field)) is not None]
    return sum(values) / len(values) if values else None


def main() -> int:
    if are_missing(SCORER):
        return 0
    score = load_scorer()
    wanted = {argument for argument in sys.argv[1:] if not argument.startswith("-")}
    sets = {"open": open_documents()} | (held_out_documents() if "--held-out" in sys.argv else {})
    documents = [document for each in sets.values() for document in each]
    formats = [argument.removeprefix("--as=") for argument in sys.argv[1:] if argument.startswith("--as=")]
    documents = [in_format(each, cast("Format", kind)) for each in documents for kind in formats] or documents
    reference = load_reference()
    found: dict[str, Figures] = {}
    print("id      " + " ".join(field[:8].rjust(8) for field in GOALS))
    with tempfile.TemporaryDirectory() as name:
        for document, path, _ in build([each for each in documents if not wanted or each.id in wanted], Path(name)):
            figures = score(gold(document), read_back(document, path, reference), "--verbose" in sys.argv)
            found[document.id] = figures
            print(_line(document.id, figures))
    for name, members in sets.items():
        scored = [found[document.id] for document in members if document.id in found]
        if scored:
            print(f"mean of {name}")
            print(_line("", {field: mean(scored, field) for field in GOALS}))
    print(_line("GOAL", GOALS))
    return 0


def _line(label: str, figures: Figures) -> str:
    shown = (figures.get(field) for field in GOALS)
    return label.ljust(8) + " ".join(("-" if value is None else f"{value:.3f}").rjust(8) for value in shown)


if __name__ == "__main__":
    sys.exit(main())
