"""
Matching beside what libraries give: right first, right among ten, accepted unseen, milliseconds of the processor.

    python -m bench.linking.scores SHARED [SEED]
    python -m bench.linking.scores SHARED --mentions FILE [--every N] [--wrong]

SHARED holds `registries/municipalities.csv`.  Without FILE the mentions are made from the register; rules were changed
while looking at those of the seed 1 only.  FILE holds mentions written by hand (`bench.linking.by_hand`), told also by
kind of noise.  The peers look at every name for each mention, so each sees every N-th mention only, the matching the
same once more beside them.  Of a file whose name speaks of held-out mentions nothing but totals is ever printed.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from pyoxigraph import NamedNode
from rapidfuzz import fuzz, process

from bench.linking.by_hand import Written, decidable, read_written
from bench.linking.register import Register, make_register
from bench.linking.spoiling import make_mentions
from graph.matching.asked import Mention
from graph.matching.matcher import Matcher
from ontology.language import normalise
from ontology.registers import RegisterRecord

TUNED = 1
# So many mentions of each kind tell enough of the peers, which need up to a second for one.
FOR_PEERS = 80
HELD_OUT = "held-out"
# Keys in order of likeness, and the key that may be accepted unseen.
Found = tuple[list[str], str | None]


class Meant(Protocol):
    """A mention with the key of the record that it means, None for none, and what is known of it."""

    @property
    def text(self) -> str: ...

    @property
    def region(self) -> NamedNode: ...

    @property
    def key(self) -> str | None: ...

    def asked(self, *, hints: bool) -> Mention: ...

    def may_be(self, record: RegisterRecord) -> bool: ...


Finder = Callable[[Meant, bool], Found]


def matching(register: Register) -> Finder:
    """The matcher of `graph.matching`."""
    matcher = Matcher(register.records, register.places)

    def find(mention: Meant, hints: bool) -> Found:  # noqa: FBT001
        found = matcher.match(mention.asked(hints=hints))
        accepted = found[0].record.key if found and found[0].accepted else None
        return [one.record.key for one in found], accepted

    return find


def likeness(register: Register) -> Finder:
    """The weighted ratio of rapidfuzz over all names as they are printed."""
    names = [(normalise(name), record) for record in register.records for name in record.names()]

    def find(mention: Meant, hints: bool) -> Found:  # noqa: FBT001
        pool = [one for one in names if mention.may_be(one[1])] if hints else names
        best = process.extract(normalise(mention.text), [text for text, _ in pool], scorer=fuzz.WRatio, limit=20)
        return _keys([pool[at][1] for _, _, at in best]), None

    return find


def full_text(register: Register) -> Finder:
    """Sixty names by the trigrams of SQLite's full-text index, ordered by rapidfuzz."""
    names = [(normalise(name), record) for record in register.records for name in record.names()]
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE names USING fts5(text, tokenize='trigram')")
    base.executemany("INSERT INTO names(rowid, text) VALUES (?, ?)", ((at, text) for at, (text, _) in enumerate(names)))

    def find(mention: Meant, hints: bool) -> Found:  # noqa: FBT001
        text = normalise(mention.text)
        runs = {text[at : at + 3].replace('"', " ") for at in range(len(text) - 2)}
        asked = " OR ".join(f'"{run}"' for run in sorted(runs) if len(run.strip()) == 3)
        rows = (
            base.execute("SELECT rowid FROM names WHERE names MATCH ? ORDER BY rank LIMIT 600", (asked,))
            if asked
            else ()
        )
        pool = [names[row] for (row,) in rows if not hints or mention.may_be(names[row][1])][:60]
        best = process.extract(text, [name for name, _ in pool], scorer=fuzz.token_set_ratio, limit=20)
        return _keys([pool[at][1] for _, _, at in best]), None

    return find


def _keys(records: Sequence[RegisterRecord]) -> list[str]:
    return list(dict.fromkeys(record.key for record in records))[:10]


def measure(name: str, find: Finder, mentions: Sequence[Meant], *, hints: bool) -> list[Found]:
    """Prints one line of the table; gives what was found of each mention."""
    known = [one for one in mentions if one.key]
    started = time.process_time()
    found = [find(one, hints) for one in mentions]
    spent = (time.process_time() - started) / len(mentions)
    pairs = list(zip(mentions, found, strict=True))
    first = sum(one.key is not None and keys[:1] == [one.key] for one, (keys, _) in pairs) / len(known)
    ten = sum(one.key is not None and one.key in keys for one, (keys, _) in pairs) / len(known)
    unseen = [(one.key, accepted) for one, (_, accepted) in pairs if accepted]
    right = sum(key == accepted for key, accepted in unseen) / len(unseen) if unseen else 0.0
    wrong = sum(key is None for key, _ in unseen)
    told = f"{len(unseen) / len(mentions):>9.3f} {right:>6.3f} {wrong:>7}" if unseen else ""
    print(f"{name:<38} {'yes' if hints else 'no':<5} {first:>6.3f} {ten:>6.3f} {spent * 1000:>7.1f} {told}", flush=True)
    return found


def by_noise(mentions: Sequence[Written], found: Sequence[Found]) -> None:
    """Prints how many mentions have each kind of noise, and with hints: right first, accepted, wrongly accepted."""
    counted: dict[str, list[int]] = {}
    for one, (keys, accepted) in zip(mentions, found, strict=True):
        for noise in one.noise:
            line = counted.setdefault(noise, [0, 0, 0, 0])
            right = one.key is not None and keys[:1] == [one.key]
            for at, holds in enumerate(
                (True, right, accepted is not None, accepted is not None and accepted != one.key)
            ):
                line[at] += holds
    print(f"\n{'noise':<20} {'all':>4} {'first':>6} {'accepted':>9} {'wrongly':>8}")
    for noise, (every, right_first, accepted_all, wrongly) in sorted(counted.items(), key=lambda line: -line[1][0]):
        print(f"{noise:<20} {every:>4} {right_first:>6} {accepted_all:>9} {wrongly:>8}")


def wrong(mentions: Sequence[Written], found: Sequence[Found]) -> None:
    """Prints the mentions whose first is not right, and those accepted wrongly."""
    for one, (keys, accepted) in zip(mentions, found, strict=True):
        if (one.key and keys[:1] != [one.key]) or (accepted and accepted != one.key):
            print(f"{one.text} | {one.key or 'nobody'} | {keys[:1]} | {'accepted' if accepted else ''}")


def score(register: Register, mentions: Sequence[Meant], every: int) -> list[Found]:
    """Prints the table of the matching and its peers; gives what the matching found with hints."""
    print(f"{'':<38} {'hints':<5} {'first':>6} {'ten':>6} {'ms':>7} {'accepted':>9} {'right':>6} {'nobody':>7}")
    started = time.process_time()
    ours = matching(register)
    built = time.process_time() - started
    found = measure("matching", ours, mentions, hints=True)
    measure("matching", ours, mentions, hints=False)
    if isinstance(mentions[0], Written):
        written = [one for one in mentions if isinstance(one, Written)]
        telling = decidable(register, written)
        measure(f"matching, place told ({len(telling)})", ours, telling, hints=False)
    some = mentions[::every]
    for name, peer in (("SQLite FTS5 trigram + rapidfuzz", full_text), ("rapidfuzz WRatio", likeness)):
        theirs = peer(register)
        for hints in (True, False):
            measure(f"{name} ({len(some)})", theirs, some, hints=hints)
    for hints in (True, False):
        measure(f"matching ({len(some)})", ours, some, hints=hints)
    print(f"the index is built in {built:.1f} s of the processor")
    return found


def tell(mentions: Sequence[Written], found: Sequence[Found], *, held_out: bool, rows: bool) -> None:
    """Prints what lies behind the totals; of held-out mentions nothing."""
    if not held_out:
        by_noise(mentions, found)
        if rows:
            wrong(mentions, found)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.linking.scores")
    parser.add_argument("shared", type=Path)
    parser.add_argument("seed", type=int, nargs="?", default=TUNED)
    parser.add_argument("--mentions", type=Path, help="mentions written by hand, TSV")
    parser.add_argument("--every", type=int, help="the peers see every N-th mention")
    parser.add_argument("--wrong", action="store_true", help="list what was not found")
    asked = parser.parse_args(arguments)
    held_out = asked.mentions is not None and HELD_OUT in asked.mentions.name
    if held_out and asked.wrong:
        parser.error(f"{asked.mentions.name} is held out: only totals may be seen")
    register = make_register(asked.shared / "registries" / "municipalities.csv")
    mentions: Sequence[Meant]
    if asked.mentions is None:
        mentions, source = make_mentions(register, seed=asked.seed), f"seed {asked.seed}"
    else:
        mentions, source = read_written(asked.mentions, register), asked.mentions.name
    nobody = sum(one.key is None for one in mentions)
    print(f"{len(mentions)} mentions, {nobody} of nobody, in {len(register.records):,} entries; {source}")
    found = score(register, mentions, asked.every or max(1, len(mentions) // FOR_PEERS))
    written = [one for one in mentions if isinstance(one, Written)]
    if written:
        tell(written, found, held_out=held_out, rows=asked.wrong)


if __name__ == "__main__":
    main()
