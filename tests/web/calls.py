"""Calls for the pages: a few told in full, more in short, all as the results a run would have committed.

Written for these tests. Times of words are laid out evenly, so that a test can say which word is where.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipeline.records import (
    AudioFacts,
    Call,
    CallResult,
    Evidence,
    Finding,
    Interest,
    Measure,
    Metadata,
    Part,
    Party,
    Turn,
    Value,
    Verdict,
    Word,
)

WORD = 0.34  # seconds each word takes
PAUSE = 0.6  # seconds between turns
DAY = datetime(2026, 11, 19, 8, 5, tzinfo=UTC)
STEREO = (Party("s1", "agent", 1.0, 0), Party("s2", "customer", 1.0, 1))
MONO = (Party("s1", "agent", 0.9), Party("s2", "customer", 0.9))
HIDDEN = {"<card>": Word("[CARD_NUMBER]", 0, 0, None, "", "CARD_NUMBER", {"digits": 16, "luhn": True, "last4": "4242"}),
          "<code>": Word("[CARD_CODE]", 0, 0, None, "", "CARD_CODE", {"digits": 3})}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One call in words. A line is (party, pause before, text); ``~`` before a word makes it doubtful."""

    name: str
    lines: tuple[tuple[str, float, str], ...]
    score: float
    parts: tuple[tuple[str, float, str, float | None], ...]
    findings: tuple[Finding, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    queue: str = "Billing"
    agent: str = "ag-114"
    direction: str = "inbound"
    parties: tuple[Party, ...] = STEREO
    marks: tuple[str, ...] = ("demo_model",)
    after: timedelta = timedelta(0)
    redactions: dict[str, int] = field(default_factory=dict)
    team: str = "north"

    def result(self) -> CallResult:
        turns = turns_of(self.lines)
        length = max(turn.end for turn in turns) + 1.0
        direction = "inbound" if self.direction == "inbound" else "outbound"
        metadata = Metadata(call_id=self.name, started_at=DAY + self.after, direction=direction, queue=self.queue,
                            agent_id=self.agent, customer_id="cu-20931", campaign="autumn", team=self.team,
                            consent_recording=True)  # fmt: skip
        audio = AudioFacts("0" * 64, "pcm_s16le", 8000, 2, length, 16000)
        call = Call(self.name, f"{self.name}.wav", metadata, audio, self.parties, turns, "en", self.marks,
                    findings=self.findings, redactions=self.redactions)  # fmt: skip
        parts = tuple(Part(*part) for part in self.parts)
        measures = (Measure("silence_share", 0.14), Measure("talk_share.agent", 0.52), Measure("words_per_minute.agent", 158),
                    Measure("words_per_minute.customer", 171), Measure("interruptions", 3))  # fmt: skip
        return CallResult(call, self.findings, measures, self.verdicts, Interest(self.score, parts),
                          models={"asr": "demo 1f0c2a", "rules": "packs 0.1"})  # fmt: skip


def turns_of(lines: tuple[tuple[str, float, str], ...]) -> tuple[Turn, ...]:
    at, turns = 0.5, []
    for party, pause, text in lines:
        at += pause
        words = []
        for piece in text.split():
            long = WORD * (6 if piece in HIDDEN else 1)
            words.append(word_of(piece, party, round(at, 3), round(at + long - 0.04, 3)))
            at += long
        turns.append(Turn(party, words[0].start, words[-1].end, tuple(words)))
        at += PAUSE
    return tuple(turns)


def word_of(piece: str, party: str, start: float, end: float) -> Word:
    if piece in HIDDEN:
        hidden = HIDDEN[piece]
        return Word(hidden.text, start, end, None, party, hidden.kind, hidden.facts)
    return Word(piece.removeprefix("~"), start, end, 0.31 if piece.startswith("~") else 0.94, party)


CARD = Told(
    "C-1042",
    (
        ("s1", 0, "thank you for calling brightline energy you're speaking with marta how can i help"),
        ("s2", 0, "hi yeah i got a letter that says i owe a hundred and forty two pounds and i really don't think that's right"),
        ("s1", 0, "okay let me have a look at that for you could i take the account number please"),
        ("s2", 0, "yes it's four four one nine zero two seven"),
        ("s1", 9.5, "right so the payment from august bounced that's where the hundred and forty two comes from"),
        ("s2", 0, "nobody told me that this is the ~third time i've called about this it's honestly ridiculous"),
        ("s1", 0, "i can take a payment now if you like just read me the long number on the front of the card"),
        ("s2", 0, "fine it's <card>"),
        ("s1", 0, "and the three digits on the back"),
        ("s2", 0, "uh <code>"),
        ("s1", 0, "so that's <card> and the code <code> perfect thank you that's gone through"),
        ("s2", 0, "and i want to make a ~formal complaint about the letters"),
        ("s1", 0, "sure i'll note that down is there anything else today"),
        ("s2", 0, "no that's all bye"),
    ),
    0.92,
    (
        ("rules", 0.58, "The agent read the card number and its code back aloud", 57.6),
        ("sentiment", 0.22, "The customer became angry: third call about the same thing", 29.9),
        ("dead_air", 0.12, "Nobody spoke for 10 s", 20.0),
    ),
    (
        Finding("dead_air", 0.4, 19.2, 28.8, "Nobody spoke for 10 s"),
        Finding("sentiment", 0.7, 34.0, 40.0, "The customer's mood fell within one turn",
                (Evidence("this is the third time i've called about this it's honestly ridiculous", 36.4, 40.1, "s2"),)),
        Finding("complaint", 0.6, 71.0, 75.0, "The customer asked for a formal complaint",
                (Evidence("i want to make a formal complaint about the letters", 71.4, 74.8, "s2"),)),
    ),
    (
        Verdict("payments.card_read_back", "3", Value.FAIL, "The agent said the card number and the code back to the customer",
                (Evidence("so that's [CARD_NUMBER] and the code [CARD_CODE]", 62.0, 67.0, "s1"),), 0.97),
        Verdict("payments.pause_recording", "2", Value.FAIL, "The recording was not paused while the code was read out",
                (Evidence("and the three digits on the back", 55.9, 57.9, "s1"),), 0.93),
        Verdict("complaints.acknowledged", "1", Value.UNSURE, "The words around the complaint are not sure enough to judge",
                (Evidence("i want to make a formal complaint", 71.4, 73.6, "s2"),), 0.44),
        Verdict("service.greeting", "1", Value.PASS, "Company and name were said within the first 10 s",
                (Evidence("thank you for calling brightline energy you're speaking with marta", 0.5, 3.9, "s1"),), 0.98),
        Verdict("collections.mini_miranda", "4", Value.NOT_APPLICABLE, "This is not a collections call"),
    ),
    redactions={"CARD_NUMBER": 2, "CARD_CODE": 2},
    after=timedelta(hours=1, minutes=12),
)  # fmt: skip

CODE = Told(
    "C-1057",
    (
        ("s1", 0, "hello this is daniel from the security team of your bank we have seen a transfer you did not make"),
        ("s2", 0, "oh no what do i have to do"),
        ("s1", 0, "i have just sent you a code please read it to me so that i can stop it"),
        ("s2", 0, "okay it says do not share this with anyone but it's <code>"),
        ("s1", 0, "that is fine you are talking to us stay on the line please"),
    ),
    0.88,
    (("rules", 0.8, "A one-time passcode was asked for and read out", 12.6), ("rules", 0.1, "Pressure: stay on the line", 25.0)),
    verdicts=(Verdict("fraud.passcode_asked", "2", Value.FAIL, "A one-time passcode was asked for",
                      (Evidence("i have just sent you a code please read it to me", 12.6, 16.5, "s1"),), 0.95),),
    queue="Fraud line", agent="ag-131", direction="outbound", parties=MONO, redactions={"CARD_CODE": 1},
    after=timedelta(hours=5, minutes=40),
)  # fmt: skip

HOLD = Told(
    "C-1049",
    (
        ("s1", 0, "brightline energy good morning"),
        ("s2", 0, "morning i'd like to close my account i'm moving to another supplier"),
        ("s1", 0, "i'm sorry to hear that bear with me while i check if there is an exit fee"),
        ("s1", 41, "thanks for holding so there is no fee at all i can close it for the thirtieth"),
        ("s2", 0, "great the thirtieth is fine"),
    ),
    0.61,
    (("churn", 0.5, "The customer wants to leave for another supplier", 4.2), ("hold", 0.3, "Nobody spoke for 41 s", 14.0)),
    (Finding("dead_air", 0.8, 15.5, 56.5, "Nobody spoke for 41 s"),
     Finding("churn", 0.6, 4.0, 8.0, "The customer wants to leave",
             (Evidence("i'd like to close my account i'm moving to another supplier", 4.0, 7.6, "s2"),))),
    agent="ag-108", after=timedelta(hours=2, minutes=31),
)  # fmt: skip

THANKS = Told(
    "C-1051",
    (
        ("s1", 0, "thank you for calling brightline energy you're speaking with marta"),
        ("s2", 0, "hello i only want to read you my meter it's five two one eight"),
        ("s1", 0, "lovely that's noted thank you very much"),
        ("s2", 0, "thanks you've been very kind bye"),
    ),
    0.07, (), queue="Meter readings", after=timedelta(hours=3, minutes=2),
)  # fmt: skip

FOREIGN = Told(
    "C-1061",
    (("s1", 0, "~bright ~line ~energy ~good ~morning"), ("s2", 0, "~see ~know ~hay ~lose ~tempo"), ("s1", 0, "~one ~moment ~please")),
    0.35,
    (("unsure", 0.3, "The words are not sure enough to judge this call", 0.5),),
    verdicts=(Verdict("service.greeting", "1", Value.UNSURE, "The words are not sure enough", (), 0.2),),
    marks=("demo_model", "asr_unsure", "foreign_language"), agent="ag-108", after=timedelta(hours=6, minutes=15),
)  # fmt: skip

HOSTILE = Told(
    "C-1066",
    (
        ("s1", 0, "<script>window.pwned=1</script> &amp; <img src=x onerror=window.pwned=1> javascript:window.pwned=1"),
        ("s2", 0, "{{7*7}} ${7*7} '\"><svg/onload=window.pwned=1>"),
    ),
    0.2,
    (("rules", 0.2, "<b onmouseover=window.pwned=1>not markup</b>", 0.5),),
    (Finding("<i>kind</i>", 0.2, 0.5, 1.0, "<script>window.pwned=1</script>", (Evidence("<u>quote</u>", 0.5, 1.0, "s1"),)),),
    queue="<em>queue</em>", agent="'\"><script>window.pwned=1</script>", after=timedelta(hours=7),
)  # fmt: skip


def filler(number: int) -> Told:
    """A short everyday call; every third has a mild finding."""
    text = (
        "good afternoon how may i help",
        "i would like to change my address please",
        "of course what is the new one",
    )
    lines = tuple(("s1" if n % 2 == 0 else "s2", 0.0, line) for n, line in enumerate(text))
    parts = (("talk_over", 0.2, "Both spoke at once three times", 3.1),) if number % 3 == 0 else ()
    return Told(f"C-1{100 + number}", lines, round(0.04 + 0.012 * (number % 20), 3), parts, agent=f"ag-1{number % 4:02}",
                queue=("Billing", "Moves", "Meter readings")[number % 3], after=timedelta(hours=9, minutes=7 * number))  # fmt: skip


SOUTH = Told(
    "C-2001", (("s1", 0, "hello this is the other team"), ("s2", 0, "good to know")), 0.5, (("rules", 0.5, "Seen by the south only", 0.5),),
    queue="South desk", agent="ag-201", team="south", after=timedelta(hours=4),
)  # fmt: skip
NORTH = (CARD, CODE, HOLD, THANKS, FOREIGN, HOSTILE, *(filler(n) for n in range(18)))
