from __future__ import annotations

from typing import TYPE_CHECKING

from queries.documentation import questions_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from queries.catalogue import Catalogue


def test_the_page_of_questions_is_current(
    catalogue: Catalogue, repository: Path, golden: Callable[[Path, str], None]
) -> None:
    golden(repository / "docs" / "queries.md", questions_page(catalogue))


def test_every_listed_question_and_export_has_a_section(catalogue: Catalogue) -> None:
    page = questions_page(catalogue)

    for question in catalogue:
        assert (f"\n### {question.id}\n" in page) is (question.listed or question.topic == "views")
