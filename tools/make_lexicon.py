"""Make ``data/lexicon.gz``: the words of English and French, how frequent they are, and which are in a dictionary.

    make_lexicon.py OUT --english LIST... --large LIST... --french FR.dic FR.aff

The English LISTs are SCOWL's (Debian: wamerican, wbritish, wcanadian, and the same with -large), FR is Dicollecte's
hunspell dictionary (Debian: hunspell-fr-comprehensive). Frequencies are wordfreq's large lists; in English the
geometric mean with the counts of books that symspellpy brings, because records are nearer to books than to the web.
wordfreq must be installed for this.

The file holds, gzipped: a line with the number n of frequent words, those words, one a line; three strings of n
bytes, one byte a word: frequency in English and in French (``zipf * 25``, 0 where it is not in the list) and flags (1
in an English dictionary, 2 in a French one, 4 there with a capital only); last the rare words of the dictionaries
as lines of a flag figure and the words of a bucket (their first three letters), so that loading need not split them.
"""

from __future__ import annotations

import argparse
import gzip
import re
from collections import defaultdict
from importlib.resources import files
from itertools import groupby
from math import log10
from pathlib import Path

import wordfreq

LEAST_ZIPF = 2.0  # below it the large lists are mostly misspellings and handles
BUCKET = 3  # letters
LARGE_LETTERS = 5  # the short words of the large lists are codes and rarities that garble often comes out as
SHAPE = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def expanded(dic: Path, aff: Path) -> set[str]:
    """All forms of a hunspell dictionary with two-letter flags; prefixes (elided articles) are left out."""
    rules: defaultdict[str, list[tuple[str, str, list[str], re.Pattern[str]]]] = defaultdict(list)
    for line in aff.read_text("utf-8").splitlines():
        parts = line.split()
        if len(parts) >= 5 and parts[0] == "SFX" and parts[2] != "Y":
            add, _, flags = parts[3].partition("/")
            rules[parts[1]].append(
                (
                    "" if parts[2] == "0" else parts[2],
                    "" if add == "0" else add,
                    pairs(flags),
                    re.compile(parts[4] + "$"),
                )
            )
    forms: set[str] = set()
    for line in dic.read_text("utf-8").splitlines()[1:]:
        word, _, flags = line.split()[0].partition("/")
        todo, seen = [(word, pairs(flags))], set()
        while todo:
            form, names = todo.pop()
            if "()" not in names and "{}" not in names:
                forms.add(form)
            for name in names:
                for cut, add, more, condition in rules.get(name, ()):
                    if form.endswith(cut) and condition.search(form):
                        new = form[: len(form) - len(cut)] + add
                        if (new, name) not in seen:
                            seen.add((new, name))
                            todo.append((new, more))
    return forms


def pairs(flags: str) -> list[str]:
    """The two-letter flags of a hunspell entry."""
    return [flags[i : i + 2] for i in range(0, len(flags), 2)]


def books() -> dict[str, float]:
    """Zipf frequencies (log10 of the count in 10^9 words) of the counts that come with symspellpy."""
    text = (files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text("utf-8-sig")
    counts = {word: int(count) for word, count in (line.split() for line in text.splitlines())}
    total = sum(counts.values())
    return {word: log10(count / total) + 9 for word, count in counts.items()}


def zipf(language: str) -> dict[str, float]:
    """Zipf frequencies of wordfreq's large list."""
    return {w: 9 - i / 100 for i, words in enumerate(wordfreq.get_frequency_list(language, "large")) for w in words}


def _bucket(word: str) -> str:
    return word[:BUCKET]


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--english", type=Path, nargs="+", required=True)
    parser.add_argument("--large", type=Path, nargs="+", required=True)
    parser.add_argument("--french", type=Path, nargs=2, required=True, metavar=("DIC", "AFF"))
    options = parser.parse_args()
    english = {w for path in options.english for w in path.read_text("utf-8").split()}
    english |= {w for path in options.large for w in path.read_text("utf-8").split() if len(w) >= LARGE_LETTERS}
    english = {w for w in english if not w.endswith("'s")}
    french = expanded(*options.french)
    in_books, web, fr = books(), zipf("en"), zipf("fr")
    en = {w: (z + in_books[w]) / 2 if w in in_books else z for w, z in web.items()}
    flags: defaultdict[str, int] = defaultdict(int)
    lower = {w for w in english | french if w[:1].islower()}
    for bit, forms in ((1, english), (2, french)):
        for word in forms:
            flags[word.lower()] |= bit | (0 if word.lower() in lower else 4)
    frequent = {w for table in (en, fr) for w, z in table.items() if z >= LEAST_ZIPF}
    words = sorted(w for w in frequent if SHAPE.fullmatch(w))
    rare = sorted(w for w in set(flags).difference(words) if SHAPE.fullmatch(w))

    def packed(table: dict[str, float]) -> bytes:
        return bytes(max(1, round(table[w] * 25)) if w in table else 0 for w in words)

    body = "\n".join([str(len(words)), *words, ""]).encode()
    body += packed(en) + packed(fr) + bytes(flags.get(w, 0) for w in words)
    buckets = (f"{bucket} {' '.join(f'{flags[w]}{w}' for w in group)} " for bucket, group in groupby(rare, _bucket))
    body += "\n".join(buckets).encode()
    options.out.write_bytes(gzip.compress(body, mtime=0))
    print(f"{len(words)} frequent and {len(rare)} rare words, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
