"""The catalogue of release headers: what is shipped, users' files, and their errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrclean import catalogue
from ocrclean.errors import ExitCode, UsageError

GOOD = """
[[header]]
id = "xx-test"
country = "XX"
institutions = ["Office of Tests"]
seen = "nowhere"
verified = false
[[header.text]]
language = "en"
lines = ["Given out by the Office of Tests on {day}"]
[header.slots.day]
pattern = '\\d{4}-\\d\\d-\\d\\d'
example = "2020-01-31"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_users_file_adds_to_what_is_shipped(tmp_path: Path) -> None:
    loaded = catalogue.load([write(tmp_path, GOOD)])
    assert len(loaded.headers) == len(catalogue.load().headers) + 1
    header = loaded.by_id["xx-test"]
    assert header.fill(header.texts[0], {"day": "2021-02-03"})[0] == "Given out by the Office of Tests on 2021-02-03"


def test_a_header_of_the_same_id_replaces_the_shipped_one(tmp_path: Path) -> None:
    loaded = catalogue.load([write(tmp_path, GOOD.replace("xx-test", "ca-document-released"))])
    assert loaded.by_id["ca-document-released"].country == "XX"
    assert len(loaded.headers) == len(catalogue.load().headers)


def test_what_is_shipped_says_where_it_was_seen() -> None:
    for header in catalogue.load():
        assert header.seen
        assert not (header.verified and header.seen.startswith("from memory"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("header = 3", "holds no [[header]]"),
        ("[[header]", "is not TOML"),
        ("[other]", "'other' stands outside of any header"),
        ("", "holds no [[header]]"),
        (GOOD.replace('country = "XX"\n', ""), "'country' is missing"),
        (GOOD.replace("verified = false", 'verified = "no"'), "'verified' must be true or false"),
        (GOOD.replace("seen =", "sene ="), "unknown field 'sene'"),
        (GOOD.replace("{day}", "{dya}"), "slot 'dya' is used but not described"),
        (GOOD.replace(" on {day}", ""), "slot 'day' is described but not used"),
        (GOOD.replace("2020-01-31", "31/1/20"), "does not fit the pattern"),
        (GOOD.replace(r"\d{4}-", r"(\d{4}-"), "missing )"),
        (GOOD.replace("Given out by the Office of Tests on {day}", "On {day}"), "at least 12 letters"),
        (GOOD + GOOD, "the id is used twice"),
    ],
)
def test_errors_name_file_entry_and_fault(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        catalogue.load([path])
    assert said in str(caught.value)
    assert caught.value.path == str(path)
    assert caught.value.remedy
    assert caught.value.exit_code is ExitCode.USAGE
    if "xx-test" in text and "is not TOML" not in said:
        assert "xx-test" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.toml"):
        catalogue.load([tmp_path / "nothing.toml"])
