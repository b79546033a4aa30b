"""
Full-text search in one data version: an index in memory, made of what `graph.search_entries` reads.

The engine is tantivy; `docs/adr/0006-full-text-search.md` says why.  Terms are made by us (`graph.search_words`) and
queries are built of objects, so no text from outside is ever parsed as a query.  A word is looked for as it is written,
in its dictionary form, by its root, by what it abbreviates and, as long as it is typed, as a beginning.  What finds
nothing is tried again with slips of the pen, then as if typed with the other keyboard, then by sound (Latin letters).
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from rapidfuzz.distance import OSA
from tantivy import Document, Index, Occur, Query, SchemaBuilder

from graph.search_entries import KINDS, Entry, Kind, read_entries
from graph.search_words import Word, analyse, initials_of, keys_of, meaning_of, telling, whole_keys, words
from ontology.language.keyboard import from_latin_keys, sound

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tantivy import DocAddress, Searcher, SearchResult

    from graph.snapshots import Snapshot

Reading: TypeAlias = Literal["words", "slips", "keyboard", "sounds"]

# Characters and words of a question that are read; what is longer is no search.
MOST_CHARACTERS: Final = 200
MOST_WORDS: Final = 12
_HEAP: Final = 32 * 1024 * 1024
_FIELDS: Final = (
    "kind", "key", "form", "lemma", "root", "initial", "sound", "text_form", "text_lemma", "text_root",
)  # fmt: skip
# A name that is exactly what was typed stands first, one that begins so before those that only hold the words.
_EXACT: Final = 1000.0
_BEGINNING: Final = 12.0
_SHORTEST_SLIP: Final = 4
_SHORTEST_DOUBLE_SLIP: Final = 8
_EXCERPT: Final = 160
# So many hits are told apart by kind here; more are asked for kind by kind.
_AT_ONCE: Final = 3000
_PERSON: Final = "/person/"


@dataclass(frozen=True, slots=True)
class Hit:
    """
    One thing found; `marks` are the places of what matched in `label`, or else in `excerpt` of its text.

    `context` is what it belongs to or lies in, which tells things of one name apart.  `exact`: the thing is called just
    that.  Scores compare hits of one search only.
    """

    iri: str
    kind: Kind
    label: str
    context: str
    score: float
    exact: bool
    marks: tuple[tuple[int, int], ...]
    excerpt: str = ""
    excerpt_marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Hits with the best first; `counts` of all that was found by kind; how the question was read, and as what."""

    hits: tuple[Hit, ...]
    counts: dict[Kind, int]
    reading: Reading
    read_as: str
    version: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class SearchIndex:
    """The index of one data version.  Safe to use from several threads; `seconds` is what making it took."""

    def __init__(self, version: int, entries: Sequence[Entry]) -> None:
        start = time.monotonic()
        self.version = version
        self._entries = list(entries)
        self._by_iri = {entry.iri: entry for entry in self._entries}
        self._called = Counter(map(_called, self._entries))
        builder = SchemaBuilder().add_unsigned_field("entry", fast=True)
        for name in _FIELDS:
            raw = name in {"kind", "key"}
            builder = builder.add_text_field(
                name, tokenizer_name="raw" if raw else "whitespace", index_option="basic" if raw else "freq"
            )
        self._schema = builder.build()
        self._index = Index(self._schema)
        writer = self._index.writer(_HEAP, 1)
        for number, entry in enumerate(self._entries):
            writer.add_document(_document(number, entry))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher: Searcher = self._index.searcher()
        self.seconds = time.monotonic() - start

    @classmethod
    def of(cls, snapshot: Snapshot, more: Iterable[Entry] = ()) -> SearchIndex:
        """The index of a data version and of `more`, which the data do not hold (questions)."""
        return cls(snapshot.version, [*read_entries(snapshot), *more])

    def __len__(self) -> int:
        return len(self._entries)

    def search(
        self,
        text: str,
        *,
        kinds: Collection[Kind] | None = None,
        limit: int = 20,
        offset: int = 0,
        language: str = "ru",
        typed: bool = True,
    ) -> Found:
        """
        The best `limit` things of each of the `kinds` (all, if none are given), in the order of kinds and scores.

        `typed`: the last word may be the beginning of one.  Things that are called exactly what was typed come first.
        """
        asked = [kind for kind in KINDS if kinds is None or kind in kinds]
        reading: Reading
        for reading, read_as, query, sought in self._readings(text, typed=typed):
            best, counts = self._best(query, asked, limit, offset)
            hits = [
                _hit(entry, score, sought, language, self._context(entry, language))
                for kind in asked
                for score, entry in best.get(kind, ())
            ]
            if counts:
                hits.sort(key=lambda hit: not hit.exact)
                return Found(tuple(hits), counts, reading, read_as, self.version)
        return Found((), {}, "words", text, self.version)

    def _best(
        self, query: Query, asked: Collection[Kind], limit: int, offset: int
    ) -> tuple[dict[Kind, list[tuple[float, Entry]]], dict[Kind, int]]:
        """What is found of each of the kinds from `offset` on, and how many there are of every kind."""
        answer = self._searcher.search(query, _AT_ONCE, count=True)
        of_kind: dict[Kind, list[tuple[float, Entry]]] = {kind: [] for kind in KINDS}
        if _count(answer) <= _AT_ONCE:
            for score, entry in self._scored(answer):
                of_kind[entry.kind].append((score, entry))
            counts = {kind: len(found) for kind, found in of_kind.items() if found}
            return {kind: of_kind[kind][offset : offset + limit] for kind in asked}, counts
        counts = {}
        for kind in KINDS:
            narrowed = Query.boolean_query(
                [(Occur.Must, query), (Occur.Must, Query.const_score_query(self._term("kind", kind), 0.0))]
            )
            wanted = limit if kind in asked else 0
            answer = self._searcher.search(narrowed, max(wanted, 1), count=True, offset=offset)
            of_kind[kind] = self._scored(answer)[:wanted]
            if _count(answer):
                counts[kind] = _count(answer)
        return of_kind, counts

    def _scored(self, answer: SearchResult) -> list[tuple[float, Entry]]:
        entries = self._at([address for _score, address in answer.hits])
        return [(float(score or 0), entry) for (score, _address), entry in zip(answer.hits, entries, strict=True)]

    def matching(self, text: str, limit: int) -> tuple[list[str], int]:
        """
        IRIs of at most `limit` things of the data that hold every word of `text`, the best first, and how many do.

        As `search`, but nothing is guessed: a word counts as written, by its dictionary form, its root or what it
        abbreviates, and as a beginning only with `*` behind it.
        """
        sought = self._sought(text, typed=False)
        if not sought:
            return [], 0
        query = Query.boolean_query(
            [(Occur.Must, self._all(sought, slips=False)), (Occur.MustNot, self._term("kind", "question"))]
        )
        answer = self._searcher.search(query, limit, count=True)
        found = self._at([address for _score, address in answer.hits])
        return [entry.iri for entry in found], _count(answer)

    def _readings(self, text: str, *, typed: bool) -> Iterable[tuple[Reading, str, Query, list[_Sought]]]:
        """Ways to read the question, the plainest first."""
        text = text[:MOST_CHARACTERS]
        plain = self._sought(text, typed=typed)
        if not plain:
            return
        is_latin = any(found.word.form.isascii() for found in plain)
        said = self._whole(text, plain, slips=False)
        if is_latin and _count(self._searcher.search(said, 1, count=True)):
            # Some things have a name in Latin letters: they must not hide those that only have a Russian one.
            said = Query.disjunction_max_query([said, self._sounding(plain, slips=False)])
        yield "words", text, said, plain
        if is_latin:
            switched = from_latin_keys(text)
            if other := self._sought(switched, typed=typed):
                yield "keyboard", switched, self._whole(switched, other, slips=False), other
            yield "sounds", text, self._sounding(plain), plain
        yield "slips", text, self._whole(text, plain, slips=True), plain

    def _sought(self, text: str, *, typed: bool) -> list[_Sought]:
        found = words(text[:MOST_CHARACTERS])
        last = found[-1].start if found and found[-1].end == len(text.rstrip()) else -1
        return [
            _Sought(
                word,
                beginning=(typed and (word.start == last or word.cut)) or text[word.end : word.end + 1] == "*",
                typed=typed,
            )
            for word in telling(found)[:MOST_WORDS]
        ]

    def _whole(self, text: str, sought: list[_Sought], *, slips: bool) -> Query:
        written, full = whole_keys(words(text))
        exact = Query.term_set_query(self._schema, "key", [written, full])
        return Query.boolean_query(
            [
                (Occur.Must, self._all(sought, slips=slips)),
                (Occur.Should, Query.const_score_query(exact, _EXACT)),
                (Occur.Should, Query.const_score_query(self._beginning("key", written), _BEGINNING)),
            ]
        )

    def _all(self, sought: list[_Sought], *, slips: bool) -> Query:
        alone = len(sought) == 1
        return Query.boolean_query([(Occur.Must, self._one(found, slips=slips, alone=alone)) for found in sought])

    def _one(self, sought: _Sought, *, slips: bool, alone: bool) -> Query:
        word = sought.word
        ways = [
            _weighed(self._term("form", word.form), 6),
            _weighed(self._term("lemma", word.lemma), 5),
            _weighed(self._term("root", word.root), 3),
            _weighed(self._term("text_form", word.form), 1.5),
            _weighed(self._term("text_lemma", word.lemma), 1.2),
            _weighed(self._term("text_root", word.root), 0.8),
            _weighed(self._term("key", word.form), 8),
        ]
        if meaning := meaning_of(word.form):
            for field, weight in (("lemma", 3.0), ("text_lemma", 0.8)):
                parts = [(Occur.Must, self._term(field, found)) for found in meaning]
                ways.append(_weighed(Query.boolean_query(parts), weight))
        # «И.» is an initial, «и» at the end may become a word.
        if sought.beginning and (len(word.form) > 1 or not (alone or word.cut)):
            ways += [
                Query.const_score_query(self._beginning("form", word.form), 2.0),
                Query.const_score_query(self._beginning("key", word.form), 3.0),
                Query.const_score_query(self._beginning("text_form", word.form), 0.4),
            ]
        if sought.typed and not alone:
            ways.append(Query.const_score_query(self._term("initial", word.form[0]), 0.2))
        if slips and len(word.form) >= _SHORTEST_SLIP and not word.form.isdigit():
            distance = 2 if len(word.form) >= _SHORTEST_DOUBLE_SLIP else 1
            for field, weight in (("form", 1.5), ("lemma", 1.5), ("text_form", 0.4)):
                fuzzy = Query.fuzzy_term_query(self._schema, field, word.form, distance, prefix=sought.beginning)
                ways.append(Query.const_score_query(fuzzy, weight))
        return Query.disjunction_max_query(ways, 0.1)

    def _sounding(self, sought: list[_Sought], *, slips: bool = True) -> Query:
        parts = []
        for found in sought:
            heard = sound(found.word.form)
            ways = [
                Query.const_score_query(self._term("sound", heard), 2.0),
                Query.const_score_query(self._beginning("sound", heard), 1.0),
            ]
            if slips and len(heard) >= _SHORTEST_SLIP:
                ways.append(Query.const_score_query(Query.fuzzy_term_query(self._schema, "sound", heard, 1), 0.5))
            parts.append((Occur.Must, Query.disjunction_max_query(ways)))
        return Query.boolean_query(parts)

    def _term(self, field: str, text: str) -> Query:
        return Query.term_query(self._schema, field, text, "freq")

    def _beginning(self, field: str, text: str) -> Query:
        return Query.fuzzy_term_query(self._schema, field, text, 0, prefix=True)

    def _at(self, addresses: list[DocAddress]) -> list[Entry]:
        numbers = self._searcher.fast_field_values("entry", addresses) if addresses else []
        return [self._entries[int(number)] for number in numbers if number is not None]

    def _context(self, entry: Entry, language: str) -> str:
        """What it belongs to and what that lies in, but for the country; its number if others there are called so."""
        around = self._by_iri.get(entry.context or "")
        told = []
        if around is not None and not (entry.kind == "territory" and around.context is None):
            told.append(around.name(language))
        if around is not None and around.kind == "territory":
            wider = self._by_iri.get(around.context or "")
            if wider is not None and wider.context is not None:
                told.append(wider.name(language))
        if self._called[_called(entry)] > 1:
            told += entry.numbers[:1]
        return ", ".join(told)


@dataclass(frozen=True, slots=True)
class _Sought:
    """A word of the question; `beginning`: the rest of it may be missing; `typed`: by a person who looks for names."""

    word: Word
    beginning: bool
    typed: bool

    def fits(self, word: Word) -> bool:
        """Whether `word` of a text is why the text was found."""
        own = self.word
        if own.lemma == word.lemma or own.root == word.root or (self.beginning and word.form.startswith(own.form)):
            return True
        if word.lemma in meaning_of(own.form) or own.lemma in meaning_of(word.form):
            return True
        if own.form.isascii() and own.form.isalpha() and not word.form.isascii():
            heard, said = sound(own.form), sound(word.form)
            return bool(heard) and (said.startswith(heard) or OSA.distance(heard, said, score_cutoff=1) <= 1)
        if len(own.form) < _SHORTEST_SLIP:
            return False
        distance = 2 if len(own.form) >= _SHORTEST_DOUBLE_SLIP else 1
        return OSA.distance(own.form, word.form, score_cutoff=distance) <= distance


def _called(entry: Entry) -> tuple[str, str, str | None]:
    """What is the same of things that only a number tells apart."""
    return entry.kind, entry.name("ru").casefold(), entry.context


def _document(number: int, entry: Entry) -> Document:
    names = [*entry.names.values(), *entry.aliases]
    document = Document()
    document.add_unsigned("entry", number)
    document.add_text("kind", entry.kind)
    for key in {key for name in names for key in keys_of(name) if key}:
        document.add_text("key", key)
    named, said = analyse(names), analyse(entry.texts)
    document.add_text("form", named.forms)
    document.add_text("lemma", named.lemmas)
    document.add_text("root", named.roots)
    # A person called by all names is found by initials too.
    letters = " ".join(form[0] for form in named.forms.split()) if _PERSON in entry.iri else ""
    document.add_text("initial", f"{initials_of(names)} {letters}")
    document.add_text("sound", " ".join(filter(None, map(sound, named.forms.split()))))
    document.add_text("text_form", said.forms)
    document.add_text("text_lemma", said.lemmas)
    document.add_text("text_root", said.roots)
    return document


def _count(answer: SearchResult) -> int:
    """How many there are in all, which the library counts without declaring it."""
    return getattr(answer, "count", None) or 0


def _weighed(query: Query, weight: float) -> Query:
    return Query.boost_query(query, weight)


def _hit(entry: Entry, score: float, sought: list[_Sought], language: str, context: str) -> Hit:
    label = entry.name(language)
    marks = _marks(label, sought)
    excerpt = ""
    excerpt_marks: tuple[tuple[int, int], ...] = ()
    if not marks:
        others = [(text, _marks(text, sought)) for text in (*entry.names.values(), *entry.aliases, *entry.texts)]
        fitting = [(text, found) for text, found in others if found]
        if fitting:
            written = {found.word.form for found in sought}
            best = max(fitting, key=lambda pair: sum(word.form in written for word in words(pair[0])) / len(pair[1]))
            excerpt, excerpt_marks = _excerpt(*best)
    return Hit(entry.iri, entry.kind, label, context, round(score, 3), score >= _EXACT, marks, excerpt, excerpt_marks)


def _marks(text: str, sought: list[_Sought]) -> tuple[tuple[int, int], ...]:
    return tuple((word.start, word.end) for word in words(text) if any(found.fits(word) for found in sought))


def _excerpt(text: str, marks: tuple[tuple[int, int], ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The part of the text around its first match."""
    if len(text) <= _EXCERPT:
        return text, marks
    start = max(marks[0][0] - _EXCERPT // 4, 0)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = min(start + _EXCERPT, len(text))
    end = text.rfind(" ", marks[0][1], end) if end < len(text) and " " in text[marks[0][1] : end] else end
    before = "… " if start else ""
    shift = len(before) - start
    inside = tuple((left + shift, right + shift) for left, right in marks if start <= left and right <= end)
    return before + text[start:end] + (" …" if end < len(text) else ""), inside
