"""What a document says of itself outside its rows: title, period, acts, abbreviations, points of an order, levels."""

from loaders.head.acts import find_acts
from loaders.head.glossary import find_glossary, is_definition_line
from loaders.head.level_descriptions import find_level_descriptions
from loaders.head.period import find_period
from loaders.head.provisions import find_provisions
from loaders.head.statement import Statement
from loaders.head.title import Title, find_title

__all__ = [
    "Statement",
    "Title",
    "find_acts",
    "find_glossary",
    "find_level_descriptions",
    "find_period",
    "find_provisions",
    "find_title",
    "is_definition_line",
]
