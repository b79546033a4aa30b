"""Mending text that lines, pages and cells have cut: no letter is lost, no word is glued."""

from __future__ import annotations

import re

from ontology.language import is_word

_SOFT_HYPHEN = "\u00ad"
_HYPHEN_END = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011\u00ad\ufffe\x02]$")
_SMALL_START = re.compile(r"[a-zа-яё]")
_LIST_MARK = re.compile(r"(?:[-–—•*·]\s|\d{1,2}[.)]\s)")
_OPEN_END = re.compile(
    r"(?:[,(«„/–—-]|\b(?:и|или|а|в|во|на|по|с|со|к|ко|о|об|от|до|из|за|для|при|под|над|без|через|не|что|как|его|их|№))$",
    re.IGNORECASE,
)


def mend(before: str, after: str) -> str:
    """
    Two parts of one text in reading order as one.

    A hyphen at the cut is dropped when the joined word is in the dictionary («реализа-» + «ции») and kept when it
    joins two words («учителя-» + «наставники», «научно-» + «методического»); other cuts become a blank, or a line
    break before a list mark.  Apart from such a hyphen and blanks no character is added or lost.
    """
    before, after = before.rstrip(), after.lstrip()
    if not before or not after:
        return before or after
    if _HYPHEN_END.search(before) and _SMALL_START.match(after):
        left = re.search(r"[^\W\d_]+$", before[:-1])
        right = re.match(r"[^\W\d_]+", after)
        assert left is not None
        assert right is not None
        if before.endswith((_SOFT_HYPHEN, "\ufffe", "\x02")):
            return before[:-1] + after
        compound = is_word(left[0]) or left[0].lower().endswith("о")
        whole = is_word(left[0] + right[0])
        keep = is_word(right[0]) and (compound or not whole)
        return before + after if keep or (compound and not whole) else before[:-1] + after
    return before + ("\n" if _LIST_MARK.match(after) else " ") + after


def flow(text: str) -> str:
    """
    A cell's text with its wrapped lines joined; line breaks that part sentences, items or names are kept.

    Runs of blanks, no-break blanks and empty lines become one blank or one line break.
    """
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in text.replace("\v", "\n").split("\n")]
    result = ""
    for line in filter(None, lines):
        if not result:
            result = line
        elif _LIST_MARK.match(line):
            result += "\n" + line
        elif _SMALL_START.match(line) or ends_open(result):
            result = mend(result, line)
        else:
            result += "\n" + line
    return result


def ends_open(text: str) -> bool:
    """Whether a text breaks off: a hyphen, comma, open bracket or quote, or a word that calls for another."""
    text = text.rstrip()
    return bool(_OPEN_END.search(text)) or text.count("(") > text.count(")")


def starts_small(text: str) -> bool:
    """Whether a text starts inside a sentence: with a small letter or a closing mark."""
    return bool(re.match(r"\s*[«\"(]?[a-zа-яё]|\s*[),.;:»]", text)) and not re.match(r"\s*[a-zа-яё]\)", text)
