from __future__ import annotations

import keyword

import pytest
from pyoxigraph import NamedNode

from ontology import vocabulary
from ontology.generation import VOCABULARY_FILE, vocabulary_source
from ontology.vocabulary import CKIND, LEVEL, RDF, THEME, VEKHA


def test_the_module_is_what_the_turtle_files_give() -> None:
    assert VOCABULARY_FILE.read_text(encoding="utf-8") == vocabulary_source()


@pytest.mark.parametrize(
    ("constant", "iri"),
    [
        (VEKHA.Activity, "https://w3id.org/vekha/ns#Activity"),
        (VEKHA.responsible, "https://w3id.org/vekha/ns#responsible"),
        (LEVEL.hub, "https://w3id.org/vekha/scheme/level/hub"),
        (THEME.mentor_training, "https://w3id.org/vekha/scheme/theme/mentor-training"),
        (CKIND.participant_or_organizer, "https://w3id.org/vekha/scheme/column-kind/participant-or-organizer"),
        (RDF.type, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
    ],
)
def test_constants_name_their_terms(constant: NamedNode, iri: str) -> None:
    assert NamedNode(iri) == constant


def test_every_constant_stands_in_its_namespace() -> None:
    classes = [value for value in vars(vocabulary).values() if isinstance(value, type) and hasattr(value, "NAMESPACE")]
    assert len(classes) > 20
    for class_ in classes:
        names = [name for name in vars(class_) if not name.startswith("_") and name != "NAMESPACE"]
        assert names
        for name in names:
            assert not keyword.iskeyword(name)
            assert getattr(class_, name).value in {
                f"{class_.NAMESPACE}{name}",
                f"{class_.NAMESPACE}{name.replace('_', '-')}",
            }
