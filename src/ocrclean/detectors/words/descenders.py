"""Letters that reach below the line, lost: where something runs along under a line, its g, j, p, q and y are gone, and
words are torn at them or lack them at their ends (``Trum Cam ai n dis la ed``)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from typing import NamedTuple

from ocrclean.detectors.words.doubts import RECURS
from ocrclean.detectors.words.tokens import Token
from ocrclean.lexicon import Lexicon

_BELOW = re.compile("[gjpqy]+")
#: What is left of a lost letter between two parts of a word: nothing, or the dot of a j.
_LEFT, _GAP = re.compile("·?"), re.compile(r"[·'’\s]+")
#: Words are restored that are no rarer than this, in nats; those of which less than so many letters are left no rarer
#: than that.
RAREST, LEFT, COMMON = 17.0, 4, 9.5
#: What a word costs that is none and stays so, in nats, where the words of a run are told.
UNEXPLAINED = 20.0
#: The most parts that one word is torn into.
PARTS = 4
#: A letter in so many is none of these, as a log probability: 6.5 % of the letters of English texts are.
LETTER = 0.067
#: Log odds, before anything is seen of it, that a run of words without these letters has lost them, in a document in
#: which no other has and in one in which another has; and what each longer word adds that is none as it stands, but is
#: one with such letters, and what each adds that is none either way. Set on half of the report of the Special Counsel.
RARE, AGAIN, EACH, OTHER = -7.0, -4.0, 3.0, -2.0
#: Log odds from which on a run proves that the document has lost such letters, and short words of it are restored too;
#: so many less likely runs prove it together.
PROVEN, SEVERAL = 2.0, 3

#: By where a word begins in the raw text: of how many tokens it was made, and the words that it may be.
Restored = Mapping[int, Sequence[tuple[int, tuple[str, ...]]]]


def rest(word: str) -> str:
    """What is left of a word in small letters without what reaches below the line.

    >>> rest("campaign"), rest("project"), rest("by")
    ('cam ai n', 'ro ect', 'b')
    """
    return " ".join(_BELOW.sub(" ", word).split())


@cache
def _words(language: str) -> Mapping[str, tuple[str, ...]]:
    """The words of a language that have such letters, by what is left of them."""
    trie = Lexicon.load().trie(language)
    return _by_rest(word for word in trie.words if _BELOW.search(word) and trie.nats(word) <= RAREST)


def _by_rest(words: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        found[rest(word)].append(word)
    return {left: tuple(words) for left, words in found.items()}


def restored(
    runs: Sequence[Sequence[Token]], unknown: Callable[[Token], bool], names: Iterable[str], language: str
) -> Restored:
    """The words of a document that lost what reaches below the line. ``runs`` are tokens in a row in one language,
    ``unknown`` tells which are no words, ``names`` are those of the document in small letters.

    >>> def tokens(text): return [Token(m.start(), "", m[0], "") for m in re.finditer(r"\\S+", text)]
    >>> text = "also established that the Trum Cam ai n dis la ed interest in"
    >>> found = restored([tokens(text)], lambda t: t.core in ("Trum", "Cam", "n", "dis", "la", "ed"), ["trump"], "en")
    >>> [(n, words) for n, words in (pair for pairs in found.values() for pair in pairs)]
    [(1, ('trump',)), (3, ('campaign',)), (3, ('displayed',))]
    """
    seen = Counter(token.core.lower() for row in runs for token in row)
    finder = _Finder(unknown, _by_rest(name for name in names if _BELOW.search(name)), seen, language)
    found: list[_Run] = []
    for row in runs:
        for below, group in groupby(row, key=lambda token: _BELOW.search(token.core) is not None):
            tokens = [] if below else list(group)
            if any(map(unknown, tokens)):
                words = list(finder.words(tokens))
                letters = sum(char.isalpha() for token in tokens for char in token.core)
                others = sum(map(unknown, tokens)) - sum(word.unknown for word in words)
                kinds = len({word.forms for word in words if word.long})
                if kinds:
                    found.append(_Run(LETTER * letters + EACH * kinds + OTHER * others, kinds, words))
    likely = sum(run.odds + AGAIN > 0 for run in found)
    proven = likely >= SEVERAL or any(run.odds + RARE > PROVEN for run in found)
    prior = AGAIN if proven else RARE
    forms: defaultdict[int, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
    for run in found:
        lost = run.odds + prior > 0 and (proven or run.kinds > 1)  # one word alone may be of the document's subject
        for word in run.words if lost else ():
            if word.long or run.odds + prior > PROVEN:
                forms[word.start].append((word.tokens, word.forms))
    return forms


class _Run(NamedTuple):
    """Words in a row without such letters: the log odds that they lost them, how many different longer words are told,
    and all that are told."""

    odds: float
    kinds: int
    words: list[_Word]


class _Word(NamedTuple):
    """A word that lost letters: where it begins, of how many tokens it was made, how many of these are no words, what
    it may be, whether enough of it is left to tell, and how rare the commonest of these is, in nats."""

    start: int
    tokens: int
    unknown: int
    forms: tuple[str, ...]
    long: bool
    rarity: float


@dataclass(frozen=True, slots=True)
class _Finder:
    """What tells the words of a document in one language that lost letters: which of its tokens are no words, its names
    by what is left of them, and how often it has each token in small letters."""

    unknown: Callable[[Token], bool]
    own: Mapping[str, tuple[str, ...]]
    seen: Counter[str]
    language: str

    def words(self, tokens: Sequence[Token]) -> Iterator[_Word]:
        """The words of a run that lost letters: those that leave the least to be explained, the commonest of them."""
        trie = Lexicon.load().trie(self.language)
        best: list[tuple[float, _Word | None]] = [(0.0, None)] * (len(tokens) + 1)
        for i in range(len(tokens) - 1, -1, -1):
            core = tokens[i].core.lower()
            known = core in trie.words and not self.unknown(tokens[i])
            best[i] = best[i + 1][0] + (trie.nats(core) if known else UNEXPLAINED), None
            for n in range(1, min(PARTS, len(tokens) - i) + 1):
                word = self._word(tokens, i, n)
                if word and (cost := best[i + n][0] + word.rarity) < best[i][0]:
                    best[i] = cost, word
        i = 0
        while i < len(tokens):
            word = best[i][1]
            if word:
                yield word
            i += word.tokens if word else 1

    def _word(self, tokens: Sequence[Token], i: int, n: int) -> _Word | None:
        """What so many tokens are the rest of; None where they are words, or are a word as they stand or with a
        neighbour, which a stray space would explain, or recur while what they may be never stands (cron, crony)."""
        parts, trie = tokens[i : i + n], Lexicon.load().trie(self.language)
        count = sum(map(self.unknown, parts))
        left = _left(parts) if count else None
        beside = tokens[max(0, i - 1) : i + n + 1]
        if left is None or any(
            (a.core + b.core).lower() in trie.words for a, b in pairwise(beside) if b.start - a.end == 1
        ):
            return None
        long = sum(map(str.isalpha, left)) >= LEFT
        first = parts[0].core[:1]
        begin = first.lower() if first.isupper() else ""  # a capital is no letter of those
        recurs = n == 1 and self.seen[left] >= RECURS
        forms = [
            form
            for form in _words(self.language).get(left, ())
            if form.startswith(begin) and (long or trie.nats(form) <= COMMON) and (self.seen[form] or not recurs)
        ]
        names = [name for name in self.own.get(left, ()) if long and name.startswith(begin)]
        if not forms and not names:
            return None
        rarity = 0.0 if names else min(map(trie.nats, forms))
        return _Word(parts[0].start, n, count, tuple(dict.fromkeys((*names, *forms))), long, rarity)


def _left(parts: Sequence[Token]) -> str | None:
    """What is left of a word of these parts; None where they are apart, or not in one case, or capitals, which do not
    reach below the line."""
    if len(parts[0].core) > 1 and parts[0].core.isupper():
        return None
    for before, after in pairwise(parts):
        if after.start - before.end != 1 or not _LEFT.fullmatch(before.tail + after.lead) or not after.core.islower():
            return None
    return _GAP.sub(" ", " ".join(token.core for token in parts).lower())
