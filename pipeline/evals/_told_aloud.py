"""Sentences as people say them on the telephone, with what they name marked: hesitations, corrections, codes in groups, letters.

Written by hand and apart from the finders. `LOOKED_AT` are those whose misses led to changes; `HELD_BACK` were written on the
same day and no finder was changed for one of them. A mark is ``[type=value|words]``; without a value only the place counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

MARK = re.compile(r"\[(\w+)(?:=([^|\]]*))?\|([^\]]*)\]")

LOOKED_AT: Mapping[str, tuple[str, ...]] = {
    "hesitating": (
        "so the bill came to [amount=$84.50|eighty four um dollars and fifty cents] this time",
        "it's account number [account_number=448120|four four eight uh one two oh]",
        "you can ring me on [phone=+1 312-555-0147|three one two um five five five uh zero one four seven]",
        "well i paid [amount=$230|two hundred um and thirty dollars] already",
        "the order number is let me see [order_number=771903|seven seven one erm nine oh three]",
        "they took [amount=$19|uh nineteen dollars] off it",
    ),
    "corrected": (
        "it was fifty dollars no sorry [amount=$15|fifteen dollars] that they took",
        "can you come on monday i mean [date=tuesday|tuesday]",
        "that is forty two dollars no wait [amount=$24|twenty four dollars]",
        "they said [amount=$60|sixty dollars] and not more",
        "it should be there thursday sorry [date=friday|friday] at noon",
        "you owe us ninety dollars actually make that [amount=$19|nineteen dollars]",
    ),
    "relative day": (
        "the technician comes [date|a week from tuesday]",
        "i sent it back [date|three weeks ago]",
        "it stopped working [date|the day before yesterday]",
        "we could do [date|the monday after next]",
        "it should arrive [date|in ten days' time]",
        "i will pay at [date|the end of the month]",
    ),
    "promised day": (
        "i'll have that refunded by [date|close of business friday]",
        "you will hear from us [date|within the next five working days]",
        "we will ring you back [date|first thing tomorrow]",
        "the credit will be on your account [date|no later than march the third]",
        "my manager will write to you [date|before the weekend]",
        "i can promise you that it ships [date|on or before the twelfth]",
    ),
    "code in groups": (
        "my order number is [order_number=AB441-9X|a b dash four four one dash nine x]",
        "the confirmation number is [order_number=QT77-31|q t seven seven dash three one]",
        "it's case number [reference=C-88-2045|c dash eight eight dash two zero four five]",
        "the claim number reads [reference=55190-B|five five one nine zero dash b as in boy]",
        "policy number [account_number=HK-3390|h k hyphen three three nine oh] please",
        "my tracking number is [order_number=1Z99-8807|one z nine nine dash eight eight oh seven]",
    ),
    "spelled mail": (
        "it's [email=ann@web.com|a as in apple n as in nancy n as in nancy at web dot com]",
        "write to [email=marco.b@home.org|marco dot b at home dot org] please",
        "[email=tk_77@mailbox.net|t k underscore seven seven at mailbox dot net] that's it",
        "my mail is [email=sue-lin@example.co.uk|sue dash lin at example dot co dot uk]",
        "that's [email=b.otto@fast.io|b for bravo dot o t t o at fast dot i o]",
        "send it to [email=info@greenlake.com|info at green lake dot com]",
    ),
    "phone in groups": (
        "my cell is [phone=+1 617-555-0108|six one seven five double five oh one oh eight]",
        "you reach my wife at [phone=+1 415-555-0199|four one five five five five oh one ninety nine]",
        "call [phone=+1 305-555-0123|area code three oh five then five five five oh one two three]",
        "the number is [phone=+1 206-555-0140|two oh six okay five five five okay zero one forty]",
        "it's [phone=+1 800-555-0155|one eight hundred five five five zero one five five]",
        "ring me back on [phone=+1 212-555-0166|212 555 0166] after six",
    ),
    "amount in speech": (
        "it went up to [amount=$1250|twelve hundred and fifty dollars]",
        "they want [amount=$2500|two and a half thousand dollars] now",
        "it was only [amount=$0.75|seventy five cents]",
        "i still owe [amount=$3000|three grand]",
        "you took [amount=$49.99|forty nine ninety nine] from my card",
        "that would be [amount=£20|twenty quid] each",
    ),
    "nothing named": (
        "i've been on hold for forty minutes and my coffee went cold",
        "there are four of us in a house with two bathrooms",
        "it is about a week's work i would say",
        "they rang five times in an hour",
        "my daughter turned twelve and she is at the top of her class",
        "open it and press one then two then hash",
    ),
}
HELD_BACK: Mapping[str, tuple[str, ...]] = {
    "hesitating": (
        "it says [amount=$312|three hundred uh twelve dollars] on the letter",
        "customer number [account_number=90274|nine oh um two seven four] i believe",
        "my number is [phone=+1 206-555-0171|two oh six uh five five five um oh one seven one]",
        "they still owe me [amount=$45.20|forty five er dollars and um twenty cents]",
        "ticket number [reference=66318|six six uhm three one eight]",
        "he quoted me [amount=$75|um seventy five dollars] for it",
    ),
    "corrected": (
        "the fee is thirty dollars sorry [amount=$13|thirteen dollars] i misread",
        "i'm home on wednesday no [date=thursday|thursday]",
        "it cost eighty dollars or rather [amount=$88|eighty eight dollars]",
        "i wanted it on [date=May 2|may second] not later",
        "so that's sixteen dollars excuse me [amount=$60|sixty dollars]",
        "she comes tomorrow oh no wait [date=saturday|saturday]",
    ),
    "relative day": (
        "you told me that [date|two months ago]",
        "can we say [date|a fortnight from today]",
        "it broke [date|last week]",
        "my contract ends [date|at the end of next month]",
        "the parcel came [date|the week before last]",
        "call me [date|two days from now]",
    ),
    "promised day": (
        "we'll have it sorted by [date|the end of business today]",
        "somebody will contact you [date|in the next forty eight hours]",
        "i will send the form [date|by tomorrow evening at the latest]",
        "your money is back [date|not later than the twentieth]",
        "expect a letter [date|over the weekend]",
        "we promise a decision [date|by june the first]",
    ),
    "code in groups": (
        "order number [order_number=KL-5502|k l dash five five oh two]",
        "the booking number is [order_number=Z8-114-R|z eight dash one one four dash r]",
        "my reference is [reference=MM-40921|m m dash four oh nine two one]",
        "ticket number [reference=712-660|seven one two dash six six zero]",
        "the policy number is [account_number=P99-D14|p nine nine dash d for david one four]",
        "account number [account_number=2270-81|two two seven oh dash eight one]",
    ),
    "spelled mail": (
        "[email=lee@start.net|l as in lima e e at start dot net]",
        "you can use [email=dora.k.page@post.com|dora dot k dot page at post dot com]",
        "it is [email=jim99@blue.org|j i m nine nine at blue dot org]",
        "[email=office@northgate.co.uk|office at north gate dot co dot uk] is the one",
        "my address is [email=p_v@gmx.de|p underscore v at g m x dot de]",
        "that is [email=zoe@zip.com|zed o e at zip dot com] all small",
    ),
    "phone in groups": (
        "reach me at [phone=+1 415-555-0122|four one five triple five oh one double two]",
        "my mobile is [phone=+1 617-555-0180|six one seven five five five oh one eighty]",
        "his phone is [phone=+1 305-555-0103|three oh five dash five five five dash oh one oh three]",
        "please call [phone=+1 312-555-0111|three one two yeah five five five and then oh one one one]",
        "text me on [phone=+1 888-555-0134|eight eight eight five five five zero one three four]",
        "it is [phone=+1 212-555-0150|area code two one two five five five oh one fifty]",
    ),
    "amount in speech": (
        "i paid [amount=$1800|eighteen hundred dollars] for the sofa",
        "about [amount=$1500000|one and a half million dollars] it said",
        "they charge [amount=$0.35|thirty five cents] a minute",
        "he wants [amount=$5000|five grand] for it",
        "it was [amount=$129.50|one twenty nine fifty] with the tax",
        "you gave me back [amount=£10|ten quid] only",
    ),
    "nothing named": (
        "she has three dogs and the oldest is fourteen",
        "we sat at the table dot dot dot you know",
        "second of all i did what you said",
        "the app has two buttons and neither works",
        "i'd walk a mile in an hour for that",
        "it may well be that i march in there myself",
    ),
}  # fmt: skip


def told_aloud() -> Iterator[dict[str, Any]]:
    """Objects of a manifest: text, spans, the way of saying it, and whether it was held back."""
    for part, texts in (("looked at", LOOKED_AT), ("held back", HELD_BACK)):
        for way, sentences in texts.items():
            for number, sentence in enumerate(sentences):
                yield {"id": f"{way} {part} {number}", "way": way, "held": part == "held back", **_read(sentence)}


def _read(sentence: str) -> dict[str, Any]:
    text, spans, at = "", [], 0
    for mark in MARK.finditer(sentence):
        text += sentence[at : mark.start()]
        spans.append({"start": len(text), "end": len(text) + len(mark[3]), "type": mark[1], "value": mark[2] or ""})
        text, at = text + mark[3], mark.end()
    return {"text": text + sentence[at:], "spans": spans}
