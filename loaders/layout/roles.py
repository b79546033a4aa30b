"""
What a column is for, by its label and by what stands in it.

The lexicon below is of word stems, so that case endings, typing errors in endings and words cut by a hyphen still
match.  The weight of a stem falls with its place in the label: in «Ответственные за реализацию мероприятия» the
first word decides.  Roles are then given to all columns at once, so that two columns never fight over one role.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from loaders.layout.assignment import best_assignment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

# Words that say nothing of the role: «Наименование мероприятия» and «Мероприятие» are the same label.
_CARRIERS = re.compile(
    r"наименовани|названи|перечень|краткое|кратк|основн|планируем|примерн|ожидаем|предполагаем|предусмотрен|конкретн"
    r"|планов|общ|ключев|календарн|контрольн|что$|как$|где$|и$|или$|по$|за$|на$|в$|для$|номер$|вид$|виды$"
)

# role: (stem, weight); a stem is matched at the start of a word.
_STEMS: dict[str, tuple[tuple[str, float], ...]] = {
    "activity": (
        ("меропри", 1.0),
        ("действи", 0.9),
        ("деятельност", 0.8),
        ("содержани", 0.75),
        ("работ", 0.55),
        ("шаг", 0.6),
        ("тем", 0.5),
        ("сделать", 0.8),
        ("делаем", 0.8),
        ("событи", 0.7),
        ("точк", 0.6),
        ("мера$", 0.8),
        ("меры$", 0.8),
        ("мер$", 0.6),
        ("повестк", 0.6),
        ("вопрос", 0.55),
        ("решени", 0.5),
        ("механизм", 0.5),
        ("направлени", 0.35),
        ("задач", 0.35),
    ),
    "section": (
        ("направлени", 0.95),
        ("этап", 0.9),
        ("раздел", 0.9),
        ("блок", 0.8),
        ("модул", 0.8),
        ("задач", 0.7),
        ("подпрограмм", 0.8),
        ("цел", 0.4),
    ),
    "deadline": (
        ("срок", 1.0),
        ("дат", 0.9),
        ("период", 0.9),
        ("месяц", 0.8),
        ("врем", 0.7),
        ("когда", 0.9),
        ("дедлайн", 0.9),
        ("год$", 0.6),
        ("график", 0.5),
        ("начал", 0.6),
        ("окончани", 0.6),
        ("завершени", 0.6),
        ("квартал", 0.5),
    ),
    "responsible": (
        ("ответствен", 1.0),
        ("исполнител", 1.0),
        ("орган", 0.4),
        ("кто", 0.5),
        ("отвеча", 0.9),
        ("отв$", 0.9),
        ("фио$", 0.8),
        ("должност", 0.5),
        ("координатор", 0.6),
        ("куратор", 0.6),
        ("руководител", 0.4),
    ),
    "participant-or-organizer": (("участник", 1.0), ("организатор", 0.9), ("партнер", 0.6)),
    "co-executor": (("соисполнител", 1.1), ("привлекаем", 0.6), ("соорганизатор", 0.9)),
    "result": (
        ("результат", 1.0),
        ("итогов", 0.9),
        ("итог$", 0.9),
        ("итоги$", 0.9),
        ("продукт", 0.7),
        ("эффект", 0.6),
        ("документ", 0.55),
        ("выход", 0.5),
        ("получим", 0.9),
        ("получится", 0.9),
        ("материал", 0.5),
        ("слушает", 0.5),
    ),
    "indicator": (("показател", 1.0), ("индикатор", 1.0), ("критери", 0.8), ("kpi", 1.0)),
    "assessment": (
        ("оценк", 0.9),
        ("способ", 0.7),
        ("контрол", 0.8),
        ("отчетност", 0.8),
        ("инструментари", 0.7),
        ("метод$", 0.5),
        ("методы$", 0.5),
        ("мониторинг", 0.5),
        ("проверим", 0.7),
        ("проверка$", 0.5),
    ),
    "unit": (("единиц", 0.9), ("измерени", 0.9), ("ед", 0.6)),
    "target": (("значени", 0.8), ("план", 0.35), ("целев", 0.3), ("факт", 0.4)),
    "answer": (("ответ$", 0.9), ("ссылк", 0.8), ("стади", 0.8), ("самооценк", 0.9), ("балл", 0.7), ("отметк", 0.6)),
    "other": (
        ("финансир", 1.1),
        ("сумм", 0.8),
        ("объем", 0.8),
        ("стоимост", 0.9),
        ("бюджет", 0.8),
        ("примечани", 1.0),
        ("методик", 0.9),
        ("источник", 0.9),
        ("связь", 0.9),
        ("адрес", 0.7),
        ("телефон", 0.8),
        ("подпис", 0.8),
        ("возраст", 0.6),
        ("категори", 0.5),
        ("мест", 0.7),
        ("форма$", 0.5),
        ("формы$", 0.5),
        ("формат", 0.7),
        ("аудитори", 0.8),
        ("контингент", 0.7),
        ("комментари", 1.0),
        ("статус", 0.8),
        ("обоснован", 0.7),
        ("основани", 0.7),
        ("ресурс", 0.7),
        ("риск", 0.8),
        ("проблем", 0.6),
        ("дефицит", 0.6),
        ("причин", 0.6),
    ),
}
_FULL_NAME = re.compile(r"\bф\s?\.?\s?и\s?\.?\s?о\b")
_YEAR_LABEL = r"20\d\d(?:\s*/\s*(?:20)?\d\d)?\s*(?:г\.?|год\w*)?"
# Labels whose words together mean what no word means alone.
_PHRASES: tuple[tuple[str, str, float], ...] = (
    (r"(?:№|no?|#)?\s*(?:п\s*[/.\\]?\s*п\.?)?\s*\.?", "number", 1.2),
    (r"(?:порядков\w+\s+)?(?:номер|№|n)\s*(?:строки|пункта|мероприятия|п\s*/?\s*п)?\.?", "number", 1.1),
    (r"пункт\w*(?:\s+плана)?", "number", 1.0),
    (r"(?:краткое\s+)?(?:названи|наименовани|описани)\w*", "activity", 0.5),
    (r"(?:категори|количеств|числ|состав|групп)\w*\s+(?:и\s+\w+\s+)?(?:участник|слушател)\w*.*", "other", 1.1),
    (r"целев\w+\s+(?:аудитори|групп|категори)\w*.*", "other", 1.1),
    (r"отметк\w+\s+об?\s+(?:ис|вы)полнени\w*.*", "other", 1.0),
    (r"(?:номер|№|n)\s+(?:и\s+(?:наименовани\w*\s+)?|наименовани\w*\s+).*меропри.*", "activity", 1.1),
    (r"номер\s+(?:целев|показател|индикатор).*", "other", 1.2),
    (r"форм\w*\s+(?:представлени|предъявлени|подтверждени|завершени|результат)\w*.*", "result-form", 1.4),
    (r"подтверждени\w*.*", "result-form", 1.0),
    (r"подтверждающ\w*\s+документ\w*.*", "result-form", 1.4),
    (r"форм\w*\s+(?:отчет|контрол|оценк)\w*.*", "assessment", 1.2),
    (r".*\bда\s*/\s*нет\b.*", "answer", 1.3),
    (
        rf"(?:план|факт|целевое значение)?\s*(?:на\s+)?{_YEAR_LABEL}\s*(?:план|факт|уч\w*\.?\s*год)?",
        "target",
        1.2,
    ),
    (r"(?:[^,(;/]+\s)?(?:ед\w*\.?\s*изм\w*\.?|единиц\w*\s+измерени\w*)", "unit", 1.35),
    (r"орган\b.*\bответственн.*", "responsible", 1.1),
    (rf".*\bпо\s+годам\b.*{_YEAR_LABEL}.*", "target", 1.2),
)
_REPEATABLE = {"target": 24, "answer": 8, "unit": 2, "other": 24}
_SECOND_COPY = {"deadline": 0.35, "responsible": 0.35, "result": 0.3, "indicator": 0.3}
_PLACE_DECAY = (1.0, 0.7, 0.45, 0.3)
_LEAST_LABEL = 0.4
_LEAST_WORTH = 0.15

_TIME = re.compile(
    r"\b(?:январ|феврал|март|апрел|ма[йяе]\b|июн|июл|август|сентябр|октябр|ноябр|декабр)|\b20\d\d\b"
    r"|ежегодн|ежемесячн|ежекварт|еженедельн|ежедневн|постоянн|кварт|полугоди|в течение|учебн\w+ год|раз в |по мере"
    r"|\b(?:согласно|по)\b.{0,40}(?:план|график)|до\s+\d|\d{1,2}[.\s]\d{2}[.\s]\d{2,4}|систематическ|весь период",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\(?\d{1,3}(?:\.\d{1,3}){0,3}[.)]?|[IVXLC]{1,5}\.?")
_ACTOR = re.compile(
    r"[А-ЯЁ][а-яё]+\s+[А-ЯЁ]\.\s?[А-ЯЁ][.,]|[А-ЯЁ]\.\s?[А-ЯЁ]\.\s?[А-ЯЁ][а-яё]+|\b[А-ЯЁ]{2,}\b"
    r"|(?i:министерств|департамент|управлени|комитет|администраци|институт|центр|школ|организаци|отдел|учреждени"
    r"|руководител|директор|заместител|педагог|учител|специалист|методист|заведующ|воспитател|координатор|учредител)"
)


@dataclass(frozen=True, slots=True)
class ColumnContent:
    """Shares (0 to 1) of a column's filled cells that look like times, numbers, actors; mean length; share filled."""

    time: float
    number: float
    actor: float
    length: float
    filled: float

    @classmethod
    def of(cls, texts: Sequence[str]) -> ColumnContent:
        filled = [text.strip() for text in texts if text.strip()]
        if not filled:
            return cls(0.0, 0.0, 0.0, 0.0, 0.0)
        count = len(filled)
        return cls(
            time=sum(len(text) < 120 and bool(_TIME.search(text)) for text in filled) / count,
            number=sum(bool(_NUMBER.fullmatch(text)) for text in filled) / count,
            actor=sum(len(text) < 250 and bool(_ACTOR.search(text)) for text in filled) / count,
            length=sum(map(len, filled)) / count,
            filled=count / len(texts),
        )


@dataclass(frozen=True, slots=True)
class ColumnRole:
    """`margin` is how far the role leads the next best one for this column, 0 to 1."""

    role: str
    margin: float


def normal_label(label: str) -> str:
    """A label for comparison: small letters, ё as е, no footnote marks, one blank between words."""
    label = re.sub(r"[¹²³⁰⁴-⁹*]+", " ", label.lower().replace("ё", "е"))
    label = re.sub(r"(?<=[а-я])[-\u00ad\u2010]\s+(?=[а-я])", "", label)
    return re.sub(r"\s+", " ", label).strip(" .:;,")


def same_labels(labels: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a row repeats a head: most filled labels are alike, typing errors allowed."""
    pairs = [(normal_label(a), normal_label(b)) for a, b in zip(labels, others, strict=False)]
    filled = [(a, b) for a, b in pairs if a or b]
    alike = sum(a == b or (bool(a) and bool(b) and fuzz.ratio(a, b) >= 85) for a, b in filled)
    return bool(filled) and alike >= 2 and alike / len(filled) >= 0.6


@lru_cache(maxsize=4096)
def label_scores(label: str) -> dict[str, float]:
    """Score of each role that a label speaks for; above 0.4 it may be trusted without content."""
    normal = _FULL_NAME.sub("фио", normal_label(label))
    scores: dict[str, float] = {}
    if not normal:
        return scores
    for pattern, role, weight in _PHRASES:
        if re.fullmatch(pattern, normal):
            scores[role] = max(scores.get(role, 0.0), weight)
    words = [word for word in re.findall(r"[\w№]+", normal) if not _CARRIERS.match(word)]
    for role, stems in _STEMS.items():
        for stem, weight in stems:
            for place, word in enumerate(words):
                if _stem_match(stem, word):
                    decay = _PLACE_DECAY[min(place, len(_PLACE_DECAY) - 1)]
                    scores[role] = max(scores.get(role, 0.0), weight * decay)
                    break
    if "result-form" in scores:
        scores["result"] = min(scores.get("result", 0.0), 0.5)
    first, second = scores.get("result", 0.0), scores.get("indicator", 0.0)
    if min(first, second) >= 0.6 and re.search(r"[,/;(]|\bи\b|\bили\b", normal):
        scores["result-or-indicator"] = 1.15
    # The long explanation of a question is not a label, however many of its words are known.
    if len(normal) > 150:
        scores = {role: score * 0.5 for role, score in scores.items()}
    return scores


def _stem_match(stem: str, word: str) -> bool:
    if stem.endswith("$"):
        return word == stem[:-1]
    if word.startswith(stem):
        return True
    # A typing error inside a long stem: «отвественные», «мероприяте».
    return len(stem) >= 7 and len(word) >= 7 and stem[0] == word[0] and fuzz.ratio(stem, word[: len(stem)]) >= 86


def assign_roles(labels: Sequence[str], contents: Sequence[ColumnContent] | None = None) -> list[ColumnRole]:
    """
    One role for each column, all columns weighed together; `other` where neither label nor content says anything.

    Without `contents` labels alone decide, as when a head is being looked for.
    """
    labelled = {role for label in labels for role, score in label_scores(label).items() if score >= _LEAST_LABEL}
    scores = [_column_scores(label, contents[at] if contents else None, labelled) for at, label in enumerate(labels)]
    if contents:
        _favour_longest(scores, contents, labels)
    slots = [
        (role, copy)
        for role in sorted({role for by_role in scores for role in by_role})
        for copy in range(min(_REPEATABLE.get(role, 2 if role in _SECOND_COPY else 1), len(labels)))
    ]
    weights = [[_weight(by_role.get(role, 0.0), role, copy) for role, copy in slots] for by_role in scores]
    chosen = [None if slot is None else slots[slot][0] for slot in best_assignment(weights)]
    return [ColumnRole(role or "other", _margin(by_role, role)) for by_role, role in zip(scores, chosen, strict=True)]


def _weight(score: float, role: str, copy: int) -> float:
    """What a role is worth to a column; a second column of one role is worth less, below the least nothing."""
    worth = score - (0.0 if role in _REPEATABLE or not copy else _SECOND_COPY[role])
    return worth if min(score, worth) > _LEAST_WORTH else 0.0


def _column_scores(label: str, content: ColumnContent | None, labelled: AbstractSet[str]) -> dict[str, float]:
    """Scores by label and content; what stands under an unknown label counts only for a role that no label has."""
    scores = dict(label_scores(label))
    if content is None or not content.filled:
        return scores
    for role, share in (("deadline", content.time), ("number", content.number), ("responsible", content.actor)):
        if scores.get(role, 0.0) >= _LEAST_LABEL:
            scores[role] = scores[role] + 0.4 * share - (0.25 if share == 0 else 0.0)
        elif share >= 0.6 and not scores and role not in labelled:
            scores[role] = 0.5 * share
        elif share >= 0.8 and role == "number" and content.length < 6:
            scores[role] = 0.7
    for role in ("participant-or-organizer", "co-executor"):
        if role in scores:
            scores[role] += 0.4 * content.actor
    return scores


def _favour_longest(scores: list[dict[str, float]], contents: Sequence[ColumnContent], labels: Sequence[str]) -> None:
    """The column of activities has, as a rule, the longest texts: decides between «Содержание» and «Мероприятия»."""
    filled = [content.length * min(content.filled * 2, 1.0) for content in contents]
    longest = max(range(len(labels)), key=lambda column: filled[column])
    if scores[longest].get("activity"):
        scores[longest]["activity"] += 0.15
    elif not any(by_role.get("activity", 0.0) >= _LEAST_LABEL for by_role in scores) and not scores[longest]:
        scores[longest]["activity"] = 0.4


def _margin(scores: dict[str, float], role: str | None) -> float:
    if role is None:
        return 0.0
    rest = max((score for other, score in scores.items() if other != role), default=0.0)
    return round(max(0.0, min(1.0, scores.get(role, 0.0) - rest)), 3)
