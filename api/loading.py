"""Loading documents: in this process, or by the server that runs on the same data folder."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

from graph.inference import infer
from graph.similarity import relate_activities
from graph.store import Store
from loaders.pipeline import load_paths
from ontology.iris import Iris

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from api.settings import Settings

# A load waits for the one before it to end.
WAIT_SECONDS = 600.0

# {"stage", "file", "position", "total"} of `loaders.pipeline.Progress`
Event: TypeAlias = dict[str, Any]
# `LoadReport.to_json()`
Report: TypeAlias = dict[str, Any]


def load_here(settings: Settings, paths: Sequence[Path], tell: Callable[[Event], None]) -> Report:
    """
    What came of loading the files and folders; `tell` hears of each step.

    Raises:
        GraphError: If the store cannot be written.
    """
    with Store.open(
        settings.data, base=settings.base, rules=[infer, relate_activities], lock_timeout=WAIT_SECONDS
    ) as store:
        return load_paths(
            paths,
            store=store,
            iris=Iris(settings.base),
            show_persons=settings.show_persons,
            progress=lambda step: tell(asdict(step)),
        ).to_json()


def is_complete(report: Report) -> bool:
    """Whether every document of the report is in the store now."""
    return all(document["status"] != "failed" for document in report["documents"])
