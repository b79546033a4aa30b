"""Which words of a mention find no answer in an entry, and which of the entry none in the mention."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from graph.matching.gazetteer import PLACE_KINDS
from graph.matching.likeness import ADJECTIVES, AUTHORITIES, is_of_place, made_of, misspelt, of_one_letter, of_one_stem
from graph.matching.names import RANKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from graph.matching.judging import Sides
    from graph.matching.names import Name
    from graph.matching.shared_words import SharedWords

# Words that tell no entry from another; those of a region do, where it is not the region of the mention.
_SAY_NOTHING: Final = (
    PLACE_KINDS - {"образование", "область", "край", "республика", "автономный", "обл", "респ", "ао"}
) | {
    *("администрация", "мэрия", "исполнительный", "россия", "российский", "федерация", "зато", "дело"),
    # СОШ and СШ of one number in one place are one school, or two that no rule may choose from.
    *("общеобразовательный", "районный"),
    # «детский сад комбинированного вида».
    *("комбинированный", "общеразвивающий", "вид"),
}
_LEVELS: Final = frozenset({"средний", "основной"})
_DISTRICTS: Final = frozenset({"район", "округ"})
# A part of a body is another entry than the body.
_PARTS: Final = frozenset({"филиал", "отделение", "корпус"})


class Spoken:
    """What one mention says, of which each word of its entries is looked for once."""

    def __init__(self, ours: Name) -> None:
        self.ours: Final = ours
        self.runs: Final = frozenset(run for at in range(len(ours.printed)) for run in _runs(ours.printed, at))
        self.ranks: Final = RANKS.intersection(ours.words).difference(ours.honoured)
        self._says: dict[str, bool] = {}

    def says(self, word: str) -> bool:
        """Whether it has the word, misspelt, short, or as part of another, or one of its stem."""
        known = self._says.get(word)
        if known is None:
            known = self._says[word] = _said(word, self.ours)
        return known


def unexplained(
    spoken: Spoken,
    sides: Sides,
    *,
    shared: SharedWords,
    context: frozenset[str],
    around: frozenset[str],
    centre: frozenset[str],
    village: Callable[[], set[str]],
    known: Callable[[str], bool],
    joints: Callable[[], frozenset[str]],
    same_patron: bool,
) -> tuple[list[str], bool]:
    """
    The words of the mention that nothing of the entry answers to: no word of a name, of a place, or of one stem.

    And whether the others stand in the entry just so.

    A word of one wrong letter (two in a long one) is explained unless it is itself one that entries have (`known`):
    «Ореховская» is no misspelt «Ольховская» where both are.  So is one that is cut short, made of two of the entry, or
    with a neighbour one of its `joints`, which are neighbours run together: «Улан-Уде».  First names and ranks are
    explained by the surname; the `centre` of the municipality where the `village` of the entry or its number is said.
    All words are left where none tells more than the region `around` the entry: «Томская область» is no district of it.
    """
    ours = spoken.ours
    left: list[int] = []
    telling, exact = bool(ours.numbers), True
    theirs = sides.words | sides.own
    if spoken.ranks:
        theirs -= _only_honours(spoken.ranks, sides)
    parts = shared.parts(theirs)
    for at, (word, form) in enumerate(zip(ours.words, ours.printed, strict=True)):
        if not _tells(ours.words, at):
            continue
        if (
            word in theirs
            or (word in AUTHORITIES and not AUTHORITIES.isdisjoint(sides.words))
            or (same_patron and (word in ours.honoured or word in RANKS))
        ):
            telling = telling or word not in around
        elif word in context or (word in centre and _is_placed(ours, sides, village())):
            continue
        elif (
            word in parts
            or shared.of_one_stem(word, theirs)
            or shared.is_made_of(word, theirs)
            or (not known(word) and any((misspelt(word, one) or misspelt(form, one)) for one in theirs - _LEVELS))
        ):
            telling, exact = True, False
        elif not known(word) and _misspells_kind(word, form, of_office=not AUTHORITIES.isdisjoint(sides.words)):
            exact = False
        elif form not in ours.cut or not any(other.startswith(form) for other in (*theirs, *sides.places)):
            left.append(at)
    if left:
        joined = joints()
        still = [at for at in left if not _joins(ours, at, joined, exactly=_tells_alone(ours.words[at], known))]
        telling = telling or len(still) < len(left)
        left = still
    return [ours.words[at] for at in left] if telling else list(ours.words), exact


def _is_placed(ours: Name, sides: Sides, village: set[str]) -> bool:
    """Whether the mention says where in the municipality the entry is, or its number."""
    return not ours.numbers.isdisjoint(sides.numbers) or any(
        word == own or of_one_stem(word, own) for word in ours.words for own in village
    )


@lru_cache(maxsize=4096)
def _misspells_kind(word: str, form: str, *, of_office: bool) -> bool:
    """Whether it is a misspelt kind of place, or of office where the entry is one: «рйон», «депратамент»."""
    kinds = _SAY_NOTHING | AUTHORITIES if of_office else _SAY_NOTHING
    return any(len(one) > 4 and (misspelt(word, one) or misspelt(form, one)) for one in kinds)


def _only_honours(ranks: AbstractSet[str], sides: Sides) -> set[str]:
    """Words of ranks that the entry has after «имени» only, and the mention elsewhere: «Героя Советского Союза»."""
    return {
        word for word in ranks if all(name.words.count(word) <= name.honoured.count(word) for name in sides.names)
    } - sides.own


def _tells_alone(word: str, known: Callable[[str], bool]) -> bool:
    """Whether a word is one of its own; «Уд» of «Улан-Уде» is none."""
    return len(word) > 3 and known(word)


def _runs(words: Sequence[str], at: int) -> set[str]:
    """A word together with the next, and with the one before it."""
    return {"".join(words[at : at + 2]), "".join(words[max(0, at - 1) : at + 1])}


def _joins(ours: Name, at: int, joined: frozenset[str], *, exactly: bool) -> bool:
    """Whether a word, alone or with the next or the one before it, is two words of the entry run together."""
    runs = {ours.printed[at], ours.words[at]} | _runs(ours.printed, at)
    return any(
        run in joined or (not exactly and any(of_one_letter(run, one) for one in joined))
        for run in runs
        if len(run) > 5
    )


def unsaid(spoken: Spoken, sides: Sides, *, context: frozenset[str]) -> list[frozenset[str]]:
    """
    What the mention lacks of each name of the entry, nothing if it says one whole.

    «Общего» tells departments apart.  Words of places, after «имени» and of the legal form are left out by people; so
    are the level of a school that is called no more than that, and a title where a number is said, but not that the
    entry is a branch or has a further number.
    """
    ours = spoken.ours
    if ours.numbers and not ours.numbers.isdisjoint(sides.numbers):
        lacking = [_PARTS & (sides.words - set(ours.words))]
        if all(name.numbers - ours.numbers for name in sides.names if name.numbers):
            lacking.append(frozenset(str(one) for name in sides.names for one in name.numbers - ours.numbers))
        return [one for one in lacking if one]
    of_places = context | sides.places
    if "школа" in ours.words and not ours.levels:
        of_places |= _LEVELS
    halves = tuple(place[:-2] for place in sides.places if place.endswith(ADJECTIVES))
    lacking = []
    for name in sides.names:
        words = frozenset(
            word
            for word in _lacking(name, spoken, of_places)
            if not (word.startswith(halves) and any(map(spoken.says, made_of(word, sides.places) or ())))
        )
        if sides.kind is None:
            words |= _of_two_places(name).difference(ours.words)
        if not words:
            return []
        lacking.append(words)
    return lacking


def _lacking(name: Name, spoken: Spoken, of_places: frozenset[str]) -> Iterator[str]:
    """The words of a name of an entry that the mention does not say, but for those that need not be said."""
    return (
        word
        for at, word in enumerate(name.words)
        if word not in of_places
        and not spoken.says(word)
        and word not in name.honoured
        and _tells(name.words, at)
        and _is_apart(_runs(name.words, at), spoken)
    )


def _is_apart(runs: set[str], spoken: Spoken) -> bool:
    """Whether none of these is a word or two of the mention, but for one letter."""
    return runs.isdisjoint(spoken.ours.printed) and not any(
        of_one_letter(run, one) for run in runs if len(run) > 5 for one in spoken.runs
    )


def _of_two_places(name: Name) -> frozenset[str]:
    """The words for both places of a union of a town and the district around it: «Томск–Томский район»."""
    words = name.words
    return frozenset(
        one
        for at, word in enumerate(words)
        if not _DISTRICTS.isdisjoint(words[at + 1 : at + 3])
        for town in words
        if is_of_place(word, town)
        for one in (word, town)
    )


def _tells(words: Sequence[str], at: int) -> bool:
    """Whether a word tells entries apart; «образование» of «муниципальное образование» does not."""
    word = words[at]
    return word not in _SAY_NOTHING and not (word == "образование" and at > 0 and words[at - 1] == "муниципальный")


def _said(word: str, ours: Name) -> bool:
    return (
        word in ours.words
        or any(of_one_stem(word, other) or misspelt(other, word) for other in (*ours.words, *ours.printed))
        or (word in AUTHORITIES and not AUTHORITIES.isdisjoint(ours.words))
        or any(short in word for short in ours.acronyms)
        or made_of(word, ours.words) is not None
        or any(word.startswith(short) for short in ours.cut)
    )
