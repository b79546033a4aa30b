"""The gold of a made-up roadmap, in the form that the scorer reads."""

from __future__ import annotations

from typing import Any

from bench.corpus.model import Actor, Document, Item, Target, Time, plain


def gold(document: Document) -> dict[str, Any]:
    """The truth of a document as the scorer reads it: level, territory, period, act, and the rows in order."""
    start, _, end = (document.period or "").partition("/")
    rows = []
    for block in document.blocks:
        if block.table is None or not block.table.scored:
            continue
        open_sections: list[tuple[int, dict[str, str | None]]] = []
        for item in block.table.items:
            if item.section is not None:
                open_sections = [entry for entry in open_sections if entry[0] < item.depth]
                open_sections.append((item.depth, {"number": item.number, "title": plain(item.section)}))
            elif item.is_row:
                rows.append(_row(item, [step for _, step in open_sections], document.known))
    return {
        "source": document.file,
        "title": document.title,
        "level": document.level,
        "territory": document.territory.model_dump(exclude_defaults=True) if document.territory else None,
        "period": {"start": start, "end": end} if document.period else None,
        "act": document.act.model_dump() if document.act else None,
        "rows": rows,
    }


def _row(item: Item, path: list[dict[str, str | None]], known: dict[str, str]) -> dict[str, Any]:
    raw = " – ".join(item.deadline) if isinstance(item.deadline, tuple) else item.deadline
    time = Time.read(item.time or "")
    return {
        "kind": "activity" if item.activity is not None else "indicator",
        "section_path": path,
        "number": item.row,
        "activity": _shown(item.activity),
        "indicator": _shown(item.indicator),
        "result": _shown(item.result),
        "assessment": _shown(item.assessment),
        "deadline": {"raw": plain(raw), **time.model_dump(mode="json")} if raw and item.time else None,
        "responsible": [Actor.read(notation, known).model_dump(mode="json") for notation in item.actors],
        "targets": [Target.read(notation).model_dump(mode="json") for notation in item.targets],
    }


def _shown(text: str | None) -> str | None:
    return None if text is None else plain(text)
