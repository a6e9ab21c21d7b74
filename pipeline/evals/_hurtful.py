"""Dialogues with one hurtful sentence and dialogues without, from a seed: what `eval moderation` measures on by default.

The sentences were written down before anybody looked which of them are found (45 of 60 were, and 4 of 100 clean dialogues taken
for harm); the lists of words were mended after that look, so what is printed now flatters. Offensive words stand here to be
found. Near misses use the same words harmlessly. Around them stand scripted calls of ordinary service, outbound sales and collections.
"""

from __future__ import annotations

import random
from typing import Any

from pipeline.benches._planted_calls import planted

HURTFUL: dict[str, tuple[str, ...]] = {
    "profanity": (
        "this is such bullshit i want my money back",
        "what the fuck is going on with my account",
        "are you shitting me right now",
        "i have had enough of this damn phone",
        "oh for fuck's sake not again",
        "that is a load of crap and you know it",
        "your website is a piece of shit",
        "i am so pissed off about this",
        "the bastards charged me twice",
        "no way in hell am i paying that",
        "s h i t this is broken again",
        "this is f***ing broken",
        "what the f is going on",
    ),
    "insult": (
        "you are an idiot",
        "are you stupid or what",
        "you people are completely useless",
        "you're all a bunch of liars",
        "shut up and listen to me",
        "you must be the dumbest person there",
        "you are nothing but a thief",
        "what a moron you are",
        "you're incompetent and so is your manager",
        "you are pathetic",
        "you piece of garbage",
        "you absolute sack of dirt",
        "you are worthless",
    ),
    "threat": (
        "i will come to your office and you won't like it",
        "i know where you live",
        "i'm going to kill you",
        "you will regret this believe me",
        "i swear i'll find you and hurt you",
        "i will burn your place down",
        "somebody is going to get hurt over this",
        "i'm bringing a gun next time",
        "watch your back",
        "i will beat the crap out of you",
        "i'll strangle your brother",
        "if nobody answers i'm driving over there with a knife",
        "we are going to hurt your kids",
        "i'm showing up at the branch with my shotgun",
        "i'll hit you with a hammer",
    ),
    "self_harm": (
        "i just want to die",
        "i have been thinking about killing myself",
        "i don't want to live anymore",
        "maybe everyone is better off without me",
        "i feel like ending it all",
        "i have nothing left to live for",
        "i can't go on like this",
        "i was going to take my own life last week",
        "there is no point in living",
        "i keep hurting myself",
        "i keep thinking about ending things",
        "they would all be better if i was dead",
        "i wish i was never born",
        "i wish i was dead",
        "i've had thoughts of suicide",
        "i told my sister i'd kill myself",
    ),
    "hate": (
        "go back to your own country",
        "i don't want to talk to one of you foreigners",
        "you people are all the same you immigrants are criminals",
        "get me somebody white",
        "can i speak to a real american please",
        "those dirty immigrants took my job",
        "you are a retard",
        "all muslims should be sent home",
        "i hate foreigners",
        "i won't be served by a faggot",
        "those people are animals",
        "you people should learn to speak english",
    ),
    "harassment": (
        "what are you wearing",
        "are you single",
        "you sound really sexy",
        "send me a picture of yourself",
        "i will call your boss about this debt",
        "we will tell your neighbors that you don't pay",
        "we'll keep calling you until you pay",
        "i'd love to kiss you",
        "you have a hot voice what do you look like",
        "your family will hear about what you owe",
    ),
}
NEAR: tuple[str, ...] = (
    "i am dying to see the new phone",
    "my battery is dead and the phone keeps dying",
    "that would kill two birds with one stone",
    "can you shoot me an email about it",
    "the screen has a crack i hit it on the table",
    "is there a hell of a wait on sundays",
    "i don't want to threaten anybody i just want my refund",
    "he called me an idiot and hung up",
    "the password is not that stupid",
    "i burned my hand on the stove that you sent",
    "we moved to the country last year",
    "where do you live now please",
    "are you alone on the account or is it a joint one",
    "my wife is american and i am indian",
    "the gun safe arrived damaged",
    "i would kill for a discount like that",
    "it hurts to pay that much",
    "you sound just like the other lady",
    "could you beat their price",
    "i'm not saying that you are lying",
    "this is my single biggest bill",
    "the assessment came on monday",
    "i need to end my life insurance",
    "the hot water does not work",
    "is it going to hurt my credit score",
    "please send me a picture of the meter",
    "what do you look for in an application",
    "the knife set is missing one knife",
    "i will regret buying it i know that",
    "you have to pay for this in advance",
    "my brother committed suicide in march and the account is his",
    "do you have the number of a suicide hotline",
    "i want to end it all the contract and the phone line",
    "i am thinking about ending things with your company",
    "i don't want to be here anymore on this plan",
    "let me hit you with the numbers",
    "i'll shoot you a message later",
    "can you send us a photo of the label",
    "were you alone in the shop when it happened",
    "i hate indian restaurants",
    "those chinese shops are great",
    "can i talk to an agent who speaks english",
    "she learned to speak english at school",
    "they'd be better off without the second line",
    "the sign says beware of the dog and my husband was hurt by it",
    "in the end things were fine",
)


def dialogues(seed: int, hurtful: int, clean: int) -> list[dict[str, Any]]:
    """``hurtful`` dialogues with one hurtful sentence and ``clean`` ones, every third of which has a near miss."""
    rng = random.Random(seed)
    calls = planted(seed, hurtful + clean, 0)
    rows = []
    for number, one in enumerate(calls):
        turns = [{"speaker": turn.party, "text": turn.text} for turn in one.call.turns]
        kind = list(HURTFUL)[number % len(HURTFUL)] if number < hurtful else ""
        said = ""
        if kind:
            said = HURTFUL[kind][number // len(HURTFUL) % len(HURTFUL[kind])]
        elif number % 3 == 0:
            said = NEAR[number // 3 % len(NEAR)]
        if said:
            place = rng.randrange(2, max(3, len(turns)))
            turns.insert(place, {"speaker": turns[min(place, len(turns) - 1)]["speaker"], "text": said})
        rows.append(
            {"id": f"{kind or 'clean'}-{number}", "turns": turns, "kinds": [kind] if kind else [], "said": said}
        )
    return rows
