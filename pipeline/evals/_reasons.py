"""Beginnings of calls by reason, written by hand and apart from the phrases of the taxonomy; some callers have none of its reasons.

`LOOKED_AT` are those whose misses led to changes; for `HELD_BACK` nothing was changed. Where two reasons are both right, both stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

NONE = ""
LOOKED_AT: Mapping[str, tuple[str, ...]] = {
    "billing": (
        "hi yeah last month i paid sixty and now you people want ninety two, what changed",
        "there are two identical debits from you on the same day and i only bought one thing",
        "why did it jump from thirty to fifty one this time",
        "your statement shows a call to australia that nobody here made",
    ),
    "payment": (
        "i've got the letter in front of me and i'd rather settle it over the phone now",
        "could we split what's left into four months, that would suit me",
        "can i give you my visa number and be done with it",
        "i'd like to have it come out of my bank on the first of each month",
    ),
    "refund": (
        "the toaster went back to you ten days ago and i still haven't seen the cash on my card",
        "they told me i'd be paid back for the night i couldn't stay",
        "the concert was called off so when do we get our cash back",
        "you took it twice, please give one of them back",
    ),
    "cancellation": (
        "i don't need your service any more, please stop it at the end of the month",
        "we signed up for the gym last week and we've changed our minds",
        "please end the magazine, i never read it",
        "i won't be renewing with you when it runs out",
    ),
    "order": (
        "the shoes were meant to be here tuesday and the driver never showed up",
        "i wonder when the fridge is going to get to my house",
        "it says delivered but there's nothing at my door",
        "i'd like two more of the blue curtains sent out",
    ),
    "technical": (
        "the box under the tv just blinks red and that's all it does",
        "every time i open the map the whole thing freezes on me",
        "the picture goes to squares whenever it rains",
        "my laptop just shows a black screen since the update",
    ),
    "access": (
        "it says wrong password whatever i put in",
        "i got a new phone and now the site won't let me in",
        "the code never comes through so i'm stuck on the first page",
        "somebody set this up for me and i don't know the user name",
    ),
    "card": (
        "i left my purse on the train and the visa is in there",
        "the machine kept my card this morning",
        "mine runs out this month and the new one hasn't turned up",
        "it got refused at the till twice today",
    ),
    "fraud": (
        "somebody bought two flights with my account and it wasn't me",
        "a man rang me pretending he was from your bank",
        "there's four hundred gone to a shop i've never heard of",
        "i think i gave my details to a fake site",
    ),
    "balance": (
        "can you tell me what i've got in there right now",
        "i just need to hear how much is left on my gift card",
        "has my wage gone in yet",
        "what did i spend there last, i lost the receipt",
    ),
    "transfer": (
        "i have to get eight hundred over to my daughter's bank today",
        "how do i wire something to my landlord abroad",
        "i want to shift some of it from the current to the savings",
        "the cash i sent on monday hasn't reached my brother",
    ),
    "details": (
        "we're in a different flat now so your letters go to the wrong place",
        "i got married so the surname you have is out of date",
        "take my old mobile off and put this one on please",
        "you've spelled my name wrong on everything",
    ),
    "plan": (
        "is there anything cheaper for somebody who hardly uses data",
        "i saw the bigger package in your advert and i think we'll take it",
        "my two years are nearly up, what would you give me to stay",
        "we'd need a second line for the office",
    ),
    "complaint": (
        "i've explained this to four different people and i'd like your boss please",
        "the way the lad spoke to me was out of order and i want that on record",
        "nobody ever rings me back and i've had enough",
        "i sat there an hour and then she hung up on me",
    ),
    "claim": (
        "a branch came through our roof in the night",
        "somebody drove into the back of me at the lights",
        "the washing machine flooded downstairs",
        "hail has ruined the bonnet of my car",
    ),
    "insurance": (
        "the dealer wants a paper that shows i'm covered",
        "my premium has nearly doubled at renewal and i'd like to know why",
        "am i covered if my son drives it",
        "i want to add a second driver to the car",
    ),
    "debt": (
        "you keep writing to me about a sum i borrowed years ago",
        "an agency says i still owe them from my old flat",
        "this is about the court letter you sent",
        "i can't find what this old bill from two thousand fifteen is about",
    ),
    "booking": (
        "we've got a table for six on saturday, can we make it eight",
        "i can't be in when your man comes thursday, any other day",
        "the flight leaves at six and we have no seats together",
        "could the engineer come in the afternoon instead",
    ),
    "bereavement": (
        "my mum died in march and the account is still in her name",
        "i'm dealing with my uncle's things since his funeral",
        "i'm ringing for my late wife's policy",
        "my father isn't with us any more and i don't know what to do with his phone",
    ),
    "do_not_call": (
        "look i've told your people before, don't ring this house again",
        "how did you get my number, i never want to hear from you",
        "delete me from whatever list this is",
        "you have the wrong person, please stop",
    ),
    "hardship": (
        "they cut my shifts and i can't keep up with the instalments",
        "since the operation there's no money coming in at all",
        "we've had to go to the food bank this month",
        "the divorce has cleaned me out, i have nothing to give you",
    ),
    NONE: (
        "hello is that the library",
        "i was wondering what time you shut on sundays",
        "could you put me through to anna in the warehouse",
        "my neighbour said you also have a shop in leeds",
        "i am just ringing back because someone left a message",
        "do you speak polish by any chance",
        "is mister carter in today",
        "sorry i pressed the wrong button",
        "what's the weather like over there",
        "i want to thank the lady who helped me yesterday",
        "are you the ones with the green vans",
        "which stop is nearest to your office",
    ),
}
HELD_BACK: Mapping[str, tuple[str, ...]] = {
    "billing": (
        "i've been looking at my november paper and there's a nine pound thing called premium content",
        "explain to me how three weeks of electric comes to that sum",
    ),
    "payment": (
        "it's due friday and i've got the cash today, shall we do it",
        "i'd sooner pay a bit each fortnight than all at once",
    ),
    "refund": (
        "the blender never worked so i posted it off, where's my forty quid",
        "you said five working days and my bank still shows nothing from you",
    ),
    "cancellation": (
        "how do i get out of this agreement",
        "take me off the broadband from next month, we're going with someone else",
    ),
    "order": (
        "i paid for next day and it's been a week",
        "they left somebody else's box on my porch instead of mine",
    ),
    "technical": (
        "the heating comes on and goes straight off again",
        "calls cut out after about ten seconds",
    ),
    "access": (
        "it keeps throwing me back to the start when i type my pin",
        "the account's been frozen because i got the secret question wrong",
    ),
    "card": (
        "mine's been chewed up by the dog so i can't use it",
        "i need a spare for my husband on the same account, his got pinched",
    ),
    "fraud": (
        "i never took out that loan you're texting me about",
        "there's a withdrawal in a city i've never set foot in",
    ),
    "balance": (
        "am i in the red at the moment",
        "what does it say i've got to spend",
    ),
    "transfer": (
        "could you shift two grand across to the builder for me",
        "the money for my son at uni bounced back",
    ),
    "details": (
        "post is still going to my ex's place",
        "the spelling of our street is off in your books",
    ),
    "plan": (
        "my lad's fifteen, he needs a sim of his own",
        "what would it cost to go from the slow one to the fast one",
    ),
    "complaint": (
        "i was promised a call back three times, it's a joke",
        "your engineer left mud all over my carpet and laughed",
    ),
    "claim": (
        "the car's been written off after that pile up",
        "burglars took the telly and the bikes",
    ),
    "insurance": (
        "does my cover stretch to a hire car in spain",
        "when does the policy on the house lapse",
    ),
    "debt": (
        "bailiffs put a card through my door with your name on it",
        "i thought that was written off ages ago",
    ),
    "booking": (
        "we're flying out sunday and want the aisle",
        "the plumber slot you gave me clashes with work",
    ),
    "bereavement": (
        "we lost dad at the weekend",
        "i have power over my sister's estate, she was a customer of yours",
    ),
    "do_not_call": (
        "strike my number, i didn't ask for any of this",
        "every tea time it's one of you lot, pack it in",
    ),
    "hardship": (
        "the factory's closed and it's just my wife's wage",
        "i'm choosing between the meter and the kids' shoes",
    ),
    NONE: (
        "hiya who am i speaking to",
        "is this the reception",
        "can you hear me now",
        "i think the lady before just got cut off from me",
        "do you take walk ins",
        "what was your name again love",
    ),
}


def reasons() -> Iterator[dict[str, Any]]:
    """Objects of a manifest: the opening of a call with its reasons (none: an empty list), and whether it was held back."""
    for part, texts in (("looked at", LOOKED_AT), ("held back", HELD_BACK)):
        for label, beginnings in texts.items():
            for number, said in enumerate(beginnings):
                turns = [{"speaker": "agent", "text": "thank you for calling how can i help you"},
                         {"speaker": "customer", "text": said}, {"speaker": "agent", "text": "let me have a look at that"}]  # fmt: skip
                yield {"id": f"{label or 'none'} {part} {number}", "turns": turns, "labels": [label] if label else [],
                       "held": part == "held back"}  # fmt: skip
