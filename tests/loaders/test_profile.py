from __future__ import annotations

from pathlib import Path

import pytest

from loaders.profile import Profile, ProfileError, load_profile, profile_path


def test_no_profile_is_an_empty_one(tmp_path: Path) -> None:
    assert load_profile(tmp_path / "нет.profile.yaml") == Profile()


def test_the_profile_stands_beside_the_document() -> None:
    assert profile_path(Path("docs/план.v2.txt")) == Path("docs/план.v2.profile.yaml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("roadmap: [", "line 1: is no valid YAML"),
        ("- roadmap", "must hold keys"),
        ("roadmap: Томск", "key «roadmap»"),
        ("roadmapp: tomsk", "key «roadmapp»"),
        ("rows:\n- cell: строка 5\n", "key «rows.0.expects»"),
        (
            "rows:\n- {cell: строка 5, expects: Приказ, themes: [{theme: mentoring, basis: guess}]}",
            "key «rows.0.themes.0.basis»",
        ),
        ("tables: {t1: {kind: plan}}", "key «tables.t1.kind»"),
    ],
)
def test_a_faulty_profile_gives_one_sentence(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "план.profile.yaml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ProfileError, match=said) as refused:
        load_profile(path)

    assert str(refused.value).startswith("план.profile.yaml")
    assert "\n" not in str(refused.value)


def test_the_profiles_of_the_examples_name_their_roadmaps(examples: Path) -> None:
    slugs = [load_profile(profile_path(path)).roadmap for path in sorted(examples.glob("*.txt"))]

    assert slugs == ["tomsk-obl-mr", "tomsk-obl-nastav", "tambov-obl-nms", "tomsk-city-model", "khorol-mo-nms"]
