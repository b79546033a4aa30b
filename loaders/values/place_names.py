"""Names of municipalities put into the nominative, as maps and registers print them."""

from __future__ import annotations

import re

from ontology.language import lemma, normalise, readings
from ontology.language.lemmas import inflect


def nominative_adjective(word: str) -> str | None:
    """«Хорольского» gives «Хорольский», «Усть-Илимскому» «Усть-Илимский»; None for what is no adjective."""
    match = re.fullmatch(r"(?P<stem>.+?)(?P<end>ого|его|ому|ему|ым|им|ом|ем|ый|ий|ой)", word)
    if match is None:
        return None
    stem = match["stem"]
    if match["end"] in {"ый", "ий", "ой"}:
        return word
    first = readings(word)[0]
    if stem.endswith(("ск", "цк", "к", "г", "х")):
        return f"{stem}ий"
    base = first.lemma if first.part == "ADJF" else f"{normalise(stem)}ый"
    return _like(word, base)


def nominative_kind(word: str) -> str:
    """«муниципального» gives «муниципальный», «района» «район»."""
    base = {
        "муниципальн": "муниципальный",
        "городск": "городской",
        "национальн": "национальный",
        "административн": "административный",
    }
    for stem, full in base.items():
        if word.lower().startswith(stem):
            return full
    return re.sub(r"(?<=[дгст])(?:а|у|е|ом)$|(?<=н)(?:а|у|е|ом)$", "", word)


def kind_of_area(kind: str) -> str:
    """The kind of a municipality in the nominative and in full: «МО» gives «муниципальное образование»."""
    words = kind.lower().split()
    if words[0].startswith("муниципальн") and words[-1].startswith("образовани"):
        return "муниципальное образование"
    if words[0].startswith("муниципальн"):
        return f"муниципальный {'район' if words[-1].startswith('район') else 'округ'}"
    if words[0].startswith("городск"):
        return "городской округ"
    if words[0].startswith("сельск"):
        return "сельское поселение"
    return {
        "зато": "ЗАТО",
        "мо": "муниципальное образование",
        "мр": "муниципальный район",
        "го": "городской округ",
    }.get(words[0], kind)


def nominative_city(name: str) -> str:
    """«Бердска» gives «Бердск», «Нижнего Новгорода» «Нижний Новгород», «Ростова-на-Дону» keeps its tail."""
    words = []
    for word in name.split():
        first, hyphen, tail = word.partition("-")
        item = readings(first)[0]
        if hyphen and not tail.startswith(("на-", "он-")):
            first, hyphen, tail = word, "", ""
            item = readings(word)[0]
        if item.part == "ADJF":
            base = nominative_adjective(first) or first
        elif item.part == "NOUN" and item.case != "nomn":
            base = inflect(first, {"nomn", "sing"}, part="NOUN") or lemma(first)
        else:
            base = first
        words.append(_like(first, base) + hyphen + tail)
    return " ".join(words)


def _like(model: str, word: str) -> str:
    """`word` with the capitals of `model`, part by part."""
    capitals = [part[:1].isupper() for part in model.split("-")]
    parts = word.split("-")
    return "-".join(
        part[:1].upper() + part[1:] if index >= len(capitals) or capitals[index] else part
        for index, part in enumerate(parts)
    )
