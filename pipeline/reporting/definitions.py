"""What the words of a report mean, for someone who has never seen callsift. Printed in every format that has pages."""

from __future__ import annotations

from collections.abc import Mapping

DISCLAIMER = (
    "This report is not legal advice. The rules are an aid to listening; have them reviewed by your counsel before "
    "you rest anything on them."
)

DEFINITIONS: tuple[tuple[str, str], ...] = (
    ("Call", "One recorded conversation, told apart by its recording. It belongs to the day on which it began in the "
             "report's time zone; where the recorder named no time, to the day it was taken in."),
    ("Rule, pack", "A rule is one duty or ban, such as a notice that must be given. A pack is a folder of rules on one "
                   "subject. Each version of a rule is named by the first letters of the SHA-256 of its text."),
    ("PASS", "The rule applied to the call and was kept."),
    ("FAIL", "The rule applied and was not kept: a breach. Each one names what was said and when, so that a person can listen."),
    ("N/A", "The rule did not apply to the call: for example a rule on debt collection in a call about an address."),
    ("UNSURE", "The recording could not carry a decision: unclear words, unclear speaker, people talking at once, hidden "
               "words, or missing facts about the call. Nothing is guessed."),
    ("Applicable", "PASS + FAIL: calls to which the rule applied and which could be judged. It is the denominator of the rate."),
    ("Rate", "PASS divided by (PASS + FAIL). A dash means that no call could be counted."),
    ("95 % from, to", "The Wilson interval of the rate. If these calls were a random draw from the same kind of calls, the "
                      "true rate would lie between the two in 95 of 100 such draws. Few calls give a wide interval."),
    ("Worst case, best case", "The rate if every UNSURE call were a FAIL, and if every one were a PASS. The true rate of "
                              "these calls lies between the two, as far as the other verdicts are right."),
    ("Before, change", "The period just before, as long as this one (whole months are compared with whole months), and the "
                       "difference of the two rates in percentage points."),
    ("Source", "How the ground of a rule was checked by its author. read: the text of the law or of the regulator was "
               "read. secondary: a text about it was read. unchecked: general knowledge, to be checked. Unchecked rules "
               "are left out unless somebody asked for them."),
    ("Confidence", "How sure the machine is of a verdict, from 0 to 1. It is no probability of being right before a court."),
    ("Reviewer's decision", "What a person decided who listened. \"not reviewed\" means that nobody has yet; the verdict is then "
                            "the machine's alone."),
    ("Flagged by reviewers", "How many of all calls people who listened would flag, told from calls drawn at random alone: each "
                             "counts for one over its probability of being drawn (Horvitz-Thompson), the interval is that of "
                             "Korn and Graubard. Calls that were picked because they stood out are no sample and are left out."),
    ("Quotes", "Words as they were recognised, after redaction: card numbers, codes and the like stand as blocks such as "
               "[CARD_NUMBER]. The recording is the proof, the quote is the way to it."),
    ("As of", "The report shows what was known at that moment. Later corrections do not change it, and it can be made "
              "again from the database with equal bytes."),
)  # fmt: skip

# The figures of each kind of page in one line each, printed at its foot: a page that is copied out explains itself.
ON_PAGE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "cover": (
        ("calls", "recorded conversations in the filter"),
        ("verdicts on applicable calls", "PASS + FAIL, a call once for each rule that applied to it and could be judged"),
        ("breaches", "FAIL: the rule applied and was not kept"),
        ("could not be judged", "UNSURE: unclear words or speaker, hidden words, missing facts; outside of every rate"),
    ),
    "summary": (
        ("Calls", "calls judged by the rule, all four verdicts"), ("N/A", "the rule did not apply"),
        ("Applicable", "PASS + FAIL"), ("PASS", "kept"), ("FAIL", "not kept: a breach"),
        ("UNSURE", "could not be judged, outside of the rate"), ("Rate", "PASS divided by (PASS + FAIL); a dash: nothing to count"),
        ("95 % interval", "Wilson interval of the rate; wide where calls are few"),
        ("Worst to best case", "the rate if every UNSURE were a FAIL, and if every one were a PASS"),
        ("Rate before, change", "of the period before, and the difference in percentage points"),
        ("Source", "how the ground of the rule was checked: read (the law itself), secondary (a text about it), unchecked"),
    ),
    "rule": (
        ("Breach", "FAIL: the rule applied to the call and was not kept"), ("Applicable", "PASS + FAIL"),
        ("Rate", "PASS divided by (PASS + FAIL); the dot in the chart"),
        ("95 % interval", "Wilson interval of the rate; the bar in the chart"),
        ("What was said", "recognised words after redaction; [CARD_NUMBER] and the like stand for what was hidden"),
        ("Reviewer's decision", "of a person who listened; not reviewed: the verdict is the machine's alone"),
        ("Call", "its name, and the second to listen from"),
    ),
    "versions": (
        ("Version", "of a rule: the first letters of the SHA-256 of its text"),
        ("Verdicts", "calls it judged in the period, all four verdicts"),
        ("Source, status", "the ground of the rule, and whether its author read it, read about it, or neither"),
    ),
}  # fmt: skip

VERIFYING = (
    "The report travels in a zip file with manifest.json (filter, versions, SHA-256 of each file), manifest.sig (an "
    "Ed25519 signature of the manifest) and public_key.pem. `callsift report verify FILE` checks every byte of the zip "
    "file; add `--key` with the key you were given by other means. Without callsift: compare the SHA-256 of each file with the "
    "manifest, and check the signature with `openssl pkeyutl -verify -pubin -inkey public_key.pem -rawin -in manifest.json "
    "-sigfile manifest.sig`."
)
