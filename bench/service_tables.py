"""What `bench.service` measured, as tables, and which of its promises that breaks."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.turns import Asked, behind, quicker, spread

IN_PROCESS: Final = "in process"
# Whom Vekha promises to be quicker than.
OUTRUN: Final = ("oxigraph", "rdflib", "fuseki")


@dataclass(slots=True)
class Measured:
    """What one engine did, and Vekha in the same turns; `problems` says of a question why there is no number."""

    name: str
    questions: dict[str, list[Asked]] = field(default_factory=dict)
    vekha: dict[str, list[Asked]] = field(default_factory=dict)
    cached: dict[str, dict[str, list[Asked]]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    large: dict[str, tuple[Asked, float]] = field(default_factory=dict)
    per_second: float = 0.0


def print_tables(count: int, found: Mapping[str, Measured]) -> None:
    """Of each question the answers in turns and from the cache; then the large answers and the many clients."""
    shown = [engine for engine in found.values() if engine.questions or engine.problems]
    console = Console(width=160)
    table = Table("question", "rows", "turns", *(engine.name for engine in shown), show_lines=True)
    console.print(f"{count:,} triples. Of the turns of each question: the median in ms (of the processor);")
    console.print("between which nine of ten answers were; in how many Vekha was quicker.")
    for question, base in found[IN_PROCESS].questions.items():
        cells = (_turns_cell(engine, question) for engine in shown)
        table.add_row(question, str(base[0].rows), str(len(base)), *cells)
    console.print(table)
    kept = Table("from the cache of vekha", *next((forms for e in shown for forms in e.cached.values()), ()))
    for engine in shown:
        for question, forms in engine.cached.items():
            kept.add_row(question, *map(_cell, forms.values()))
    if kept.row_count:
        console.print(kept)
    servers = [engine for engine in shown if engine.name != IN_PROCESS]
    table = Table("", *(engine.name for engine in servers))
    for name in ("5 MB", "a million rows"):
        cells = (_large_cell(engine, name) for engine in servers)
        table.add_row(name, *cells)
    table.add_row("q6 a second, 8 clients", *(f"{engine.per_second:.0f}" for engine in servers))
    console.print(table)


def differing_rows(found: Mapping[str, Measured]) -> list[str]:
    """Whose answers have other counts of rows than those of the engine in this process, a line each."""
    lines = []
    for question, base in found[IN_PROCESS].questions.items():
        for engine in found.values():
            others = {asked.rows for asked in engine.questions.get(question, ())} - {base[0].rows}
            lines += [f"other rows: {engine.name} {question}: {rows}, in process {base[0].rows}" for rows in others]
    return lines


def broken_promises(found: Mapping[str, Measured]) -> list[str]:
    """What Vekha promises of a million quads and was not seen to do, a line each."""
    lines = []
    for name, peer in found.items():
        for question, own in peer.vekha.items():
            other = peer.questions[question]
            if name == IN_PROCESS and (late := behind(own, other, times=1.2)) > 10:
                lines.append(f"{question}: {late:.1f} ms more than 1.2 times the engine in this process")
            if name in OUTRUN and (late := behind(own, other)) >= 0:
                lines.append(
                    f"{question}: {late:.1f} ms behind {name}, quicker in {quicker(own, other):.0%} of the turns"
                )
    for engine in found.values():
        for question, forms in engine.cached.items():
            for form, asked in forms.items():
                if (again := spread(asked)[0]) > 5:
                    lines.append(f"{question}: {again:.1f} ms from the cache as {form}")
    if vekha := found.get("vekha"):
        lines += [f"{question}: {problem}" for question, problem in vekha.problems.items()]
        answered = vekha.questions.keys() | vekha.problems.keys()
        lines += [f"{question}: not answered" for question in found[IN_PROCESS].questions if question not in answered]
    return [f"does not hold: {line}" for line in lines]


def _turns_cell(engine: Measured, question: str) -> str:
    asked = engine.questions.get(question)
    if not asked:
        return engine.problems.get(question, "–")
    _, least, most = spread(asked)
    beside = engine.vekha.get(question) if engine.name != "vekha" else None
    return f"{_cell(asked)}\n{least:.1f}–{most:.1f}" + (f"\n{quicker(beside, asked):.0%}" if beside else "")


def _cell(asked: Sequence[Asked]) -> str:
    wall, processor = (statistics.median(getattr(one, name) for one in asked) for name in ("wall", "processor"))
    return f"{wall:.1f} ({processor:.0f})"


def _large_cell(engine: Measured, name: str) -> str:
    if name not in engine.large:
        return engine.problems.get(name, "–")
    asked, peak = engine.large[name]
    return f"{asked.wall:.0f} ms, {asked.bytes / 1e6:.1f} MB, peak {peak:.0f} MB"
