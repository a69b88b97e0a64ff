"""The one reading behind many garbled copies of a printed line.

The copies are aligned and vote column by column (ROVER, Fiscus 1997). Where they agree on no reading of a word, the
word is decided by the lexicon: the word that best explains all copies, under confusions that are estimated from the
copies themselves (expectation maximisation), so that an error which most copies share does not win by its number.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from ocrclean.language import LanguageModel, Own
from ocrclean.lexicon import Lexicon
from ocrclean.noisy_channel import Counts, NoisyChannel

#: Copies that vote: more do not change the outcome.
_VOTERS = 32
#: Rounds of aligning the copies with their consensus, at most.
_ROUNDS = 4
#: The share of copies that settles a word without the lexicon.
_SETTLED = 0.6
#: The share that settles it where their reading is a frequent word, and where it is none: of a line struck through,
#: most copies may have the same error.
_OFTEN, _AGREED = 0.35, 0.8
#: The share of copies that have a capital.
_RAISED = 0.2
#: The share of doubtful words from which a line is noisy; in others, the share of copies that decides a word.
_NOISY, _PLURAL = 0.4, 0.4
#: The share that is enough for a number that has twice the copies of any other reading.
_LEADING = 0.2
#: Words of the lexicon that are compared with all copies, of those nearest to the copies' commonest readings.
_ASKED, _NEAREST, _COMPARED, _COMMON = 4, 150, 60, 3
#: Copies that are asked about a word; those that rank the candidates at first; candidates that all are asked about.
_HEARD, _FEW, _FINAL = 20, 4, 10
#: The Zipf frequency of a word below which copies that have it are not believed.
_USED = 2.5
#: The Zipf frequency from which two words may be one that has lost its space.
_FREQUENT = 4.5
#: The weight of a word's context beside what the copies say.
_CONTEXT = 1.0
#: Rounds of estimating the copies' confusions.
_ESTIMATES = 2
#: The least likeness of a word to what the copies have for it, round letters being one, on average and in the best
#: copy, for the word to be believed.
_BELIEVED, _CLOSE = 0.36, 0.6
#: Round letters are the first that are mixed up, where a line is struck through above all.
_ROUND = str.maketrans("aceé", "oooo")
#: Figures, and Roman numerals as engines read them.
_NUMBER = re.compile(r"\d|^[IVXLilUJ|\[\]]{1,6}[.,:]?$")
_JOINTS = re.compile(r"['-]")
_PUNCTUATION = " .,;:!?()[]{}<>|/\\'\"“”‘’«»-–—*~·•+="


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the consensus, and whether copies and lexicon leave no doubt about it."""

    text: str
    sure: bool


def of(copies: Sequence[str], load: Callable[[], LanguageModel]) -> tuple[Word, ...]:
    """The consensus of copies of one line; at least one is needed. The language model is loaded where they differ.

    >>> copies = ["Annual Report 1997", "Annua1 Report 1997", "Annual Repart 1997"]
    >>> " ".join(word.text for word in of(copies, LanguageModel.load))
    'Annual Report 1997'
    """
    copies = [" ".join(copy.split()) for copy in _sample(copies)]
    (common, count), *_ = Counter(copies).most_common(1)
    if count >= _SETTLED * len(copies):
        words = common.split(" ")
        alike = [copy.split(" ") for copy in copies if copy.casefold() == common.casefold()]
        return tuple(
            Word(_raised(word, column, words), True)
            for word, column in zip(words, zip(*alike, strict=True), strict=True)
        )
    model, words = load(), _vote(copies).split(" ")
    columns = _words(words, copies)
    chosen: list[str] = []
    open_ones: dict[int, tuple[str, list[str], str]] = {}
    for i, column in enumerate(columns):
        heard = [seen for seen in column if seen]
        (reading, count), *_ = Counter(heard).most_common(1) or [("", 0)]
        signs = [seen for seen in heard if not _parts(seen)[1]]
        if len(signs) >= len(heard) / 2:
            reading = _majority(signs) if signs else ""
        elif not (count > 1 and _settled(reading, count, [*Counter(heard).values()], model)):
            start, _, end = (_majority(parts) for parts in zip(*map(_parts, heard), strict=True))
            columns[i] = [_parts(seen)[1] for seen in column]
            number = sum(_NUMBER.search(seen) is not None for seen in heard) > len(heard) / 2
            candidates = [_parts(reading)[1]] if number else _candidates(_parts(words[i])[1], columns[i], model)
            open_ones[i] = start, candidates, end
            reading = candidates[0]
        chosen.append(reading)
    if len(open_ones) < _NOISY * len(
        words
    ):  # where copies mostly agree, they know names and numbers better than a lexicon
        for i in [*open_ones]:
            (reading, count), *_ = Counter(filter(None, columns[i])).most_common(1)
            if count >= _PLURAL * len(copies) or not reading.isalpha():
                chosen[i] = reading
                open_ones[i] = open_ones[i][0], [reading], open_ones[i][2]
    french = _french([*words, *chosen], model.lexicon)
    ranked = {i: candidates for i, (_, candidates, _) in open_ones.items()}
    shown: dict[int, tuple[str, Counts]] = {}
    for _ in range(_ESTIMATES):
        for i, candidates in ranked.items():
            for k, word in enumerate(chosen):
                if k not in shown or shown[k][0] != word:
                    shown[k] = word, NoisyChannel({}).counts(word, _heard(columns[k]))
            channel = NoisyChannel.sum(counts for k, (_, counts) in shown.items() if k != i)
            heard = _heard(columns[i])
            around = chosen[max(0, i - 2) : i], chosen[i + 1 : i + 2]
            likely = {c: _likely(c, *around, french, model) for c in candidates}
            if len(candidates) > _FINAL:
                first = {c: sum(channel.cost(c, s) for s in heard[:_FEW]) - _CONTEXT * likely[c] for c in candidates}
                ranked[i] = candidates = sorted(candidates, key=lambda c: first[c])[:_FINAL]
            chosen[i] = max(candidates, key=lambda c: _support(c, heard, channel) + _CONTEXT * likely[c])
    final = []
    for i, word in enumerate(chosen):
        start, _, end = open_ones.get(i, ("", [], ""))
        word = _raised(word, columns[i], chosen)
        final.append(Word(start + word + end, i not in open_ones or _believed(word, columns[i], model)))
    return tuple(word for word in final if word.text)


def _raised(word: str, column: Sequence[str], words: Sequence[str]) -> str:
    """A word that most copies have small, with a capital where its neighbours have one and some copies have it: small
    ``i`` for ``I`` is usual."""
    raised = sum(seen[:1].isupper() for seen in column)
    others = [w for w in words if w != word and len(w) > 3 and w[:1].isalpha()]
    titled = raised >= _RAISED * len(column) and len(others) > 1 and all(w[0].isupper() for w in others)
    return word[0].upper() + word[1:] if word[:1].islower() and titled else word


def _settled(reading: str, count: int, counts: Sequence[int], model: LanguageModel) -> bool:
    """Whether the most frequent reading of a word needs no lexicon: one is enough of a lead where it is a number, which
    no lexicon knows; a frequent word is believed sooner, what is in no list later."""
    share = count / sum(counts)
    if _NUMBER.search(reading):
        return share >= _PLURAL or (share >= _LEADING and count >= 2 * sorted(counts)[-2])
    zipf = _zipf(_parts(reading)[1], model.lexicon)
    return share >= (_OFTEN if zipf >= _FREQUENT else _SETTLED if zipf else _AGREED)


def _believed(word: str, column: Sequence[str], model: LanguageModel) -> bool:
    heard = _heard(column)
    like = [Levenshtein.normalized_similarity(word.translate(_ROUND), seen.translate(_ROUND)) for seen in heard]
    known = not _NUMBER.search(word) and all(model.known(part) for part in word.lower().split())
    return known and sum(like) >= _BELIEVED * len(like) and max(like, default=0.0) >= _CLOSE


def _majority(parts: Sequence[str]) -> str:
    return max(Counter(parts).items(), key=lambda item: (item[1], item[0]))[0]


def _sample(copies: Sequence[str]) -> list[str]:
    step = max(1, -(-len(copies) // _VOTERS))
    return list(copies[::step])


def _vote(copies: Sequence[str]) -> str:
    """The columns' majority, aligned anew until it stays the same."""
    text = max(copies, key=lambda c: sum(fuzz.ratio(c, other) for other in copies))
    for _ in range(_ROUNDS):
        weights = [fuzz.ratio(copy, text) / 100 for copy in copies]
        columns: list[defaultdict[str, float]] = [defaultdict(float) for _ in range(len(text) + 1)]
        for copy, weight in zip(copies, weights, strict=True):
            for column, seen in zip(columns, _against(text, copy), strict=True):
                column[seen] += weight
        voted = "".join(max(sorted(column), key=lambda s: column[s]) for column in columns)
        voted = " ".join(voted.split())
        if voted == text:
            break
        text = voted
    return text


def _against(text: str, copy: str) -> list[str]:
    """What a copy has at each character of the text; what it adds stands with the character before."""
    seen = [""] * (len(text) + 1)
    for op in Levenshtein.opcodes(text, copy):
        if op.tag == "insert":
            seen[max(0, op.src_start - 1)] += copy[op.dest_start : op.dest_end]
        else:
            for k in range(op.src_end - op.src_start):
                if op.tag != "delete":
                    seen[op.src_start + k] += copy[op.dest_start + k]
    return seen


def _words(words: Sequence[str], copies: Sequence[str]) -> list[list[str]]:
    """What each copy has for each word of the consensus."""
    text = " ".join(words)
    columns: list[list[str]] = [[] for _ in words]
    for copy in copies:
        seen, at = _against(text, copy), 0
        for column, word in zip(columns, words, strict=True):
            column.append("".join(seen[at : at + len(word) + 1]).strip())
            at += len(word) + 1
    for i, word in enumerate(words):
        if i and not _parts(word)[1]:  # a sign that has lost its space belongs to the word before in some copies
            for k, before in enumerate(columns[i - 1]):
                kept = before.rstrip(_PUNCTUATION)
                columns[i - 1][k], columns[i][k] = kept, before[len(kept) :].strip() + columns[i][k]
    return columns


def _candidates(word: str, column: Sequence[str], model: LanguageModel) -> list[str]:
    """Readings that a word may have, the likeliest first: the common words near the copies' readings, and rare ones
    that several copies have."""
    cores = [seen for seen in column if seen]
    counts = Counter(cores)
    found: dict[str, None] = {}
    for core in dict.fromkeys([word, *(seen for seen, _ in counts.most_common(_ASKED))]):
        if not core:
            continue
        near = process.extract(
            core.lower().translate(_ROUND),
            _common(model.lexicon)[1],
            scorer=Levenshtein.distance,
            limit=_NEAREST,
            score_cutoff=max(1, len(core) // 2),
        )
        for _, _, at in near:
            found.setdefault(_cased(_common(model.lexicon)[0][at], cores))
        for at in range(2, len(core) - 1):
            if min(_zipf(core[:at], model.lexicon), _zipf(core[at:], model.lexicon)) >= _FREQUENT:
                found.setdefault(f"{core[:at]} {core[at:]}")
        if counts[core] > 1 and _zipf(core, model.lexicon) > _USED:
            found.setdefault(core)
    copies = [(seen.translate(_ROUND), n) for seen, n in counts.items()]
    total = {
        reading: sum(n * Levenshtein.distance(rounded, seen) for seen, n in copies)
        for reading, rounded in zip(found, (reading.translate(_ROUND) for reading in found), strict=True)
    }
    return sorted(found, key=lambda reading: (total[reading], reading))[:_COMPARED] or [word]


@cache
def _common(lexicon: Lexicon) -> tuple[list[str], list[str]]:
    """The common words, and what is left of them when round letters are one."""
    words = [word for word, steps in zip(lexicon.words, lexicon.best, strict=True) if steps >= 25 * _COMMON]
    return words, [word.translate(_ROUND) for word in words]


def _zipf(word: str, lexicon: Lexicon) -> float:
    """The Zipf frequency of a word, of the rarest part of a compound; 0 where it is in no list."""
    found = [lexicon.get(part) for part in _JOINTS.split(word.lower().replace("’", "'")) if len(part) > 1]
    return min((max(e.english or 0, e.french or 0) if e else 0 for e in found), default=0)


def _parts(text: str) -> tuple[str, str, str]:
    """Punctuation before, the word, punctuation behind."""
    core = text.strip(_PUNCTUATION)
    at = text.find(core) if core else len(text)
    return text[:at], core, text[at + len(core) :]


def _cased(word: str, like: Sequence[str]) -> str:
    """The word in capitals, with a capital or small, as most copies have it."""
    if sum(len(c) > 1 and c.isupper() for c in like) > len(like) / 2:
        return word.upper()
    return word.capitalize() if sum(c[:1].isupper() for c in like) > len(like) / 3 else word


def _heard(column: Sequence[str]) -> list[str]:
    """The copies that have the word in about its length."""
    seen = sorted((s for s in column if s), key=len)
    usual = len(seen[len(seen) // 2]) if seen else 0
    return [s for s in column if usual / 2 < len(s) < 2 * usual][:_HEARD]


def _support(word: str, heard: Sequence[str], channel: NoisyChannel) -> float:
    """The log-probability of a word and of what the copies make of it, its own confusions learned on the way."""
    own = channel.counts(word, heard)
    own = channel.plus(own).counts(word, heard)
    return channel.likelihood(own)


def _french(words: Sequence[str], lexicon: Lexicon) -> float:
    """How likely the line is French."""
    entries = [entry for w in words if len(core := _parts(w)[1]) > 3 and (entry := lexicon.get(core.lower()))]
    lead = sum((e.french or 0) - (e.english or 0) for e in entries)
    return 1 / (1 + exp(-2 * lead))


def _likely(word: str, before: Sequence[str], behind: Sequence[str], french: float, model: LanguageModel) -> float:
    """The log-probability of a word between its neighbours."""
    line = [core for w in (*before, *word.split(" "), *behind) if (core := _parts(w)[1].lower())]
    first = len([w for w in before if _parts(w)[1]])
    return sum(model.log(line[k], line[max(0, k - 2) : k], french, Own()) for k in range(first, len(line)))
