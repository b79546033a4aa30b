"""Words that a line end or a page end broke, mended with the dictionary."""

from __future__ import annotations

import re

from ontology.language import is_word

_LAST = re.compile(r"[^\W\d_]+$")
_DATE_BEGUN = re.compile(r"(?<![\d.])\d{1,2}\.\d{0,2}\.?\d{0,3}$")
_FIGURES = re.compile(r"^[\d.]+")
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.(?:19|20)\d{2}\.?")
_FIRST = re.compile(r"^[^\W\d_]+")


def join_broken(head: str, tail: str) -> str:
    """
    What stands before `tail` when the two are printed on one line: `head` with its hyphen, its blank, or neither.

    «учителя-» + «наставники» keeps the hyphen, for both halves are words and the whole is none; «муници» + «пальный»
    and «муници-» + «пальный» become one word; «план» + «работы» stay two.
    """
    if tail[:1] in ",.;:)»!?":
        return head
    if _makes_a_date(head, tail):
        return head
    bare = head.removesuffix("-")
    hyphenated = bare != head
    last, first = _LAST.search(bare), _FIRST.search(tail)
    if last is None or first is None or not first[0][0].islower():
        return head if hyphenated else f"{head} "
    if is_word(last[0] + first[0]):
        return bare
    if hyphenated:
        return head if is_word(last[0]) and is_word(first[0]) else bare
    return f"{head} "


def _makes_a_date(head: str, tail: str) -> bool:
    """«01.09.202» + «1», «31.12.» + «2023»: a date that a narrow column has cut."""
    begun, rest = _DATE_BEGUN.search(head), _FIGURES.search(tail)
    return begun is not None and rest is not None and _DATE.fullmatch(begun[0] + rest[0]) is not None
