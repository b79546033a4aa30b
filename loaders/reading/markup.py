"""Inline marks of web pages and Markdown that survive in plain text: removed, their text kept."""

from __future__ import annotations

import html
import re

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RAISED = re.compile(r"<sup\b[^<>]*>\s*(\d{1,2})\s*</sup\s*>", re.IGNORECASE)
_BREAK = re.compile(r"</?(?:p|div|li|ul|ol|br|tr|h[1-6])\b[^<>]*/?>", re.IGNORECASE)
_INLINE = re.compile(r"</?(?:u|b|i|s|em|strong|span|font|a|sub|sup|small|big|ins|del|mark)\b[^<>]*/?>", re.IGNORECASE)
_LINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>", re.IGNORECASE)
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]+);", re.IGNORECASE)


def plain(text: str) -> str:
    """The text without inline marks; a block mark becomes a line break, a raised number a superscript digit."""
    if "<" in text:
        text = _RAISED.sub(lambda found: found[1].translate(_SUPERSCRIPTS), text)
        text = _LINK.sub(r"\1", _INLINE.sub("", _BREAK.sub("\n", text)))
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    if "*" in text or "__" in text:
        text = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", text))
    return text.strip(" \t\r\n\f\v\u00a0\ufeff")


def is_strong(text: str) -> bool:
    """Whether the whole text stands in strong marks."""
    return bool(re.fullmatch(r"\s*(\*\*|__)(?=\S)(.+?)(?<=\S)\1\s*", text, re.DOTALL))
