"""
Matching beside what libraries give: right first, right among ten, accepted unseen, milliseconds a mention.

    python -m bench.linking.scores SHARED [SEED]

SHARED holds `registries/municipalities.csv`.  Rules were changed while looking at mentions of the seed 1 only; other
seeds are unseen.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

from bench.linking.register import Register, make_register
from bench.linking.spoiling import Spoilt, make_mentions
from graph.matching.matcher import Matcher
from ontology.language import normalise
from ontology.registers import RegisterRecord

TUNED = 1
# The peers look at every name for each mention, which takes up to a second; these many of each kind tell enough.
FOR_PEERS = 80
# Keys in order of likeness, and the key that may be accepted unseen.
Found = tuple[list[str], str | None]


def matching(register: Register) -> Callable[[Spoilt, bool], Found]:
    """The matcher of `graph.matching`."""
    matcher = Matcher(register.records, register.places)

    def find(mention: Spoilt, hints: bool) -> Found:  # noqa: FBT001
        found = matcher.match(mention.asked(hints=hints))
        accepted = found[0].record.key if found and found[0].accepted else None
        return [one.record.key for one in found], accepted

    return find


def likeness(register: Register) -> Callable[[Spoilt, bool], Found]:
    """The weighted ratio of rapidfuzz over all names as they are printed."""
    names = [(normalise(name), record) for record in register.records for name in record.names()]

    def find(mention: Spoilt, hints: bool) -> Found:  # noqa: FBT001
        pool = [one for one in names if one[1].region == mention.region] if hints else names
        best = process.extract(normalise(mention.text), [text for text, _ in pool], scorer=fuzz.WRatio, limit=20)
        return _keys([pool[at][1] for _, _, at in best]), None

    return find


def full_text(register: Register) -> Callable[[Spoilt, bool], Found]:
    """Sixty names by the trigrams of SQLite's full-text index, ordered by rapidfuzz."""
    names = [(normalise(name), record) for record in register.records for name in record.names()]
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE names USING fts5(text, tokenize='trigram')")
    base.executemany("INSERT INTO names(rowid, text) VALUES (?, ?)", ((at, text) for at, (text, _) in enumerate(names)))

    def find(mention: Spoilt, hints: bool) -> Found:  # noqa: FBT001
        text = normalise(mention.text)
        runs = {text[at : at + 3].replace('"', " ") for at in range(len(text) - 2)}
        asked = " OR ".join(f'"{run}"' for run in sorted(runs) if len(run.strip()) == 3)
        rows = (
            base.execute("SELECT rowid FROM names WHERE names MATCH ? ORDER BY rank LIMIT 600", (asked,))
            if asked
            else ()
        )
        pool = [names[row] for (row,) in rows if not hints or names[row][1].region == mention.region][:60]
        best = process.extract(text, [name for name, _ in pool], scorer=fuzz.token_set_ratio, limit=20)
        return _keys([pool[at][1] for _, _, at in best]), None

    return find


def _keys(records: Sequence[RegisterRecord]) -> list[str]:
    return list(dict.fromkeys(record.key for record in records))[:10]


def measure(name: str, find: Callable[[Spoilt, bool], Found], mentions: Sequence[Spoilt], *, hints: bool) -> None:
    known = [one for one in mentions if one.key]
    started = time.perf_counter()
    found = [(one, *find(one, hints)) for one in mentions]
    spent = (time.perf_counter() - started) / len(mentions)
    first = sum(one.key is not None and keys[:1] == [one.key] for one, keys, _ in found) / len(known)
    ten = sum(one.key is not None and one.key in keys for one, keys, _ in found) / len(known)
    unseen = [(one.key, accepted) for one, _, accepted in found if accepted]
    right = sum(key == accepted for key, accepted in unseen) / len(unseen) if unseen else 0.0
    wrong = sum(key is None for key, _ in unseen)
    told = f"{len(unseen) / len(mentions):>9.3f} {right:>6.3f} {wrong:>7}" if unseen else ""
    print(f"{name:<34} {'yes' if hints else 'no':<5} {first:>6.3f} {ten:>6.3f} {spent * 1000:>7.1f} {told}", flush=True)


def main() -> None:
    register = make_register(Path(sys.argv[1]) / "registries" / "municipalities.csv")
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else TUNED
    mentions = make_mentions(register, seed=seed)
    nobody = sum(one.key is None for one in mentions)
    print(f"{len(mentions)} mentions, {nobody} of nobody, in {len(register.records):,} entries; seed {seed}")
    print(f"{'':<34} {'hints':<5} {'first':>6} {'ten':>6} {'ms':>7} {'accepted':>9} {'right':>6} {'nobody':>7}")
    started = time.process_time()
    ours = matching(register)
    built = time.process_time() - started
    for hints in (True, False):
        measure("matching", ours, mentions, hints=hints)
    for name, peer in (("SQLite FTS5 trigram + rapidfuzz", full_text), ("rapidfuzz WRatio", likeness)):
        found = peer(register)
        for hints in (True, False):
            measure(f"{name} ({FOR_PEERS})", found, mentions[:: max(1, len(mentions) // FOR_PEERS)], hints=hints)
    for hints in (True, False):
        measure(f"matching ({FOR_PEERS})", ours, mentions[:: max(1, len(mentions) // FOR_PEERS)], hints=hints)
    print(f"the index is built in {built:.1f} s of the processor")


if __name__ == "__main__":
    main()
