"""An address whose number began in an earlier turn: the call is redacted, not parked."""

from pipeline.records import Call, Party, Turn, Word
from pipeline.redaction import load_policy, redact


def turn(party, start, text):
    words = tuple(Word(w, start + n / 2, start + n / 2 + 0.4, 0.9, party) for n, w in enumerate(text.split()))
    return Turn(party, words[0].start, words[-1].end, words)


def test_a_house_number_over_two_turns_hides_the_street_and_leaves_the_other_party_alone():
    turns = (
        turn("s2", 0, "i need to change my address three"),
        turn("s1", 5, "what is the new address"),
        turn("s2", 9, "thirty two station avenue"),
    )
    call = Call("c", parties=(Party("s1", "agent", 1.0), Party("s2", "customer", 1.0)), turns=turns)
    told = [" ".join(word.text for word in one.words) for one in redact(call, load_policy("default")).turns]
    assert told[1] == "what is the new address"
    assert told[2] == "[ADDRESS]"
