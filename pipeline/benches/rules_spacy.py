"""Rules that are phrases: the engine against the Matcher of spaCy with 1,000 rules.

spaCy is no part of callsift: `pip install spacy` brings it (a wheel, MIT), and only this file imports it. Both arms read raw
texts, a turn a line; what the peer needs to bring words to its tokens counts, as it does in ours. Only words that spaCy
leaves whole are in the texts, so both must find the same rules in the same calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.benches._ruletexts import calls, phrases
from pipeline.benches.rules import BASE, compiled, difference, written
from pipeline.errors import PipelineError
from pipeline.measuring.bench import Arms, BenchOptions
from rules.language.tokens import tokens_of


@dataclass(frozen=True)
class SpacyRules:
    """``count`` rules over ``size`` calls (``small``: what CI runs)."""

    name: str = "rules_spacy"
    count: int = 1_000
    good: float = 200.0
    goal: float = 1_000.0
    size: int = 4
    small: int = 1

    def prepare(self, options: BenchOptions) -> Arms:
        every = phrases(self.count)
        spoken = calls(self.small if options.small else self.size, every[:BASE])
        texts = [written([_plain(words) for words in turns]) for turns in spoken]
        program, (nlp, matcher) = compiled(every), _matcher(every)

        def ours() -> list[set[int]]:
            return program.phrases_said(texts)

        def peer() -> list[set[int]]:
            turns = [nlp.pipe(text.split("\n")) for text in texts]
            return [{int(nlp.vocab.strings[rule]) for doc in docs for rule, _, _ in matcher(doc)} for docs in turns]

        work = sum(map(len, texts)) / 1e3
        return Arms(ours, peer, difference, work, "kB of text", "spaCy's Matcher, its tokens included")


def _plain(words: tuple[str, ...]) -> tuple[str, ...]:
    """The turn as plain words, which both sides bring to the same tokens."""
    return tuple(token.text for token in tokens_of(words) if token.text.isalpha())


def _matcher(every: list[str]) -> tuple[Any, Any]:
    try:
        import spacy  # a peer, not a part: only who runs this bench has it
        from spacy.matcher import Matcher
    except ImportError as error:
        raise PipelineError("the peer of this bench is not installed: pip install spacy") from error
    nlp = spacy.blank("en")
    nlp.tokenizer = spacy.tokenizer.Tokenizer(nlp.vocab)  # splits at blanks: the cheapest spaCy has
    matcher = Matcher(nlp.vocab)
    for number, phrase in enumerate(every):
        matcher.add(str(number), [[{"ORTH": word} for word in phrase.split()]])
    return nlp, matcher


bench = SpacyRules()
