"""Words that a line end or a page end broke, mended with the dictionary."""

from __future__ import annotations

import re

from ontology.language import is_word

_LAST = re.compile(r"[^\W\d_]+$")
_FIRST = re.compile(r"^[^\W\d_]+")


def join_broken(head: str, tail: str) -> str:
    """
    What stands before `tail` when the two are printed on one line: `head` with its hyphen, its blank, or neither.

    «учителя-» + «наставники» keeps the hyphen, for both halves are words and the whole is none; «муници» + «пальный»
    and «муници-» + «пальный» become one word; «план» + «работы» stay two.
    """
    if tail[:1] in ",.;:)»!?":
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
