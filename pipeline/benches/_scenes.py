# ruff: noqa: E501
"""What people say in planted calls: ordinary talk, things a reviewer would flag, and things that only sound like them.

Written from how such calls go, not from any rule: nothing here knows what callsift looks for. A line is a role (a: agent,
c: customer) and ways to say it, apart by "|"; ``~12`` is a silence of 12 seconds. Slots in braces are filled by the maker.
"""

from __future__ import annotations

Line = tuple[str, str]

OPENING: dict[str, tuple[Line, ...]] = {
    "service": (
        (
            "a",
            "thank you for calling {firm} my name is {agent} this call may be recorded for quality how can i help|good {part} you are through to {agent} at {firm} just so you know we record our calls what can i do for you today|hello {firm} customer care {agent} speaking calls are recorded for training purposes how may i help you",
        ),
        (
            "c",
            "hi it is {name} i have a question about my {thing}|hello yes i am calling about my {thing}|good {part} this is {name} it is about a {thing}",
        ),
    ),
    "bank": (
        (
            "a",
            "welcome to {firm} bank you are speaking with {agent} this line is recorded how can i help you today|{firm} bank good {part} {agent} here please note that calls are recorded how can i help",
        ),
        (
            "c",
            "hello this is {name} i need some help with my account|hi i would like to ask about a payment on my account",
        ),
    ),
    "collections": (
        ("a", "hello may i speak to {name} please|good {part} i am looking for {name}"),
        ("c", "this is {name}|yes speaking"),
        (
            "a",
            "this is {agent} calling from {firm} recovery on a recorded line can you confirm your date of birth for me please",
        ),
        ("c", "sure it is the {day} of {month} nineteen {year}"),
        (
            "a",
            "thank you this is an attempt to collect a debt and any information obtained will be used for that purpose we are a debt collector",
        ),
    ),
    "sales": (
        (
            "a",
            "hello am i speaking with {name} this is {agent} from {firm} on a recorded line i am calling about our {offer}|good {part} {agent} here from {firm} the call is recorded i would like to tell you about a {offer}",
        ),
        ("c", "okay what is it about|yes go on|um i have a minute"),
    ),
}
CHECK: tuple[Line, ...] = (
    (
        "a",
        "could i take your full name and postcode please|can you confirm the first line of your address and your date of birth please",
    ),
    ("c", "{name} and it is {place} street number {small}|yes {small} {place} road born on the {day} of {month}"),
    ("a", "perfect thank you that all matches|lovely thanks i have you here"),
)
ORDINARY: tuple[tuple[Line, ...], ...] = (
    (
        ("c", "when will the next bill be sent|i wanted to know when my bill is due"),
        ("a", "it goes out on the {day} of each month and you have two weeks to pay"),
        ("c", "ah okay that helps"),
    ),
    (
        ("c", "the parcel has not come yet|my delivery was meant to be here on {weekday}"),
        ("a", "let me look that up it is with the courier and should be with you on {weekday}"),
        ("c", "alright i will wait for it then"),
    ),
    (
        ("c", "i have moved and need to change my address"),
        ("a", "of course what is the new address"),
        ("c", "{small} {place} avenue"),
        ("a", "thank you i have changed that for you"),
    ),
    (("a", "is there a number we can reach you on during the day"), ("c", "the one you have is fine")),
    (
        ("c", "the internet keeps dropping in the evening"),
        ("a", "have you tried switching the box off and on again"),
        ("c", "yes twice now"),
        ("a", "i can see a fault in your area an engineer is working on it and it should be fixed by {weekday}"),
    ),
    (
        ("c", "how much is it if i take the bigger package"),
        ("a", "that would be {amount} a month for twelve months and you can leave after that with a month of notice"),
        ("c", "let me think about it"),
    ),
    (("a", "how is your day going so far"), ("c", "not bad thanks a bit wet outside"), ("a", "same here")),
    (("c", "can you send me a copy of the letter"), ("a", "i will post it today it takes about three days")),
    (
        ("c", "i would like to set up a direct debit"),
        ("a", "certainly which day of the month suits you"),
        ("c", "the {day} please"),
        ("a", "done you will get an email that confirms it"),
    ),
    (
        ("a", "bear with me one moment while i open your record"),
        ("c", "no problem"),
        ("a", "thanks for waiting i have it now"),
    ),
    (
        ("c", "does the warranty cover the screen"),
        ("a", "it covers faults but not drops i am afraid"),
        ("c", "okay fair enough"),
    ),
    (
        ("c", "i got an email about a price change"),
        ("a", "yes from next month it goes from {amount} to a little more i can explain what is in it"),
        ("c", "please do"),
    ),
)
CLOSING: tuple[tuple[Line, ...], ...] = (
    (
        ("a", "is there anything else i can help you with today"),
        ("c", "no that is all thank you"),
        ("a", "thank you for calling have a lovely {part}"),
        ("c", "you too bye"),
    ),
    (("a", "to sum up that is all set for you"), ("c", "great thanks a lot"), ("a", "you are welcome goodbye")),
)

FLAGGED: dict[str, tuple[str, tuple[tuple[Line, ...], ...]]] = {
    "card_aloud": ("service", (
        (("a", "so to pay now i just need the long number across the front of the card|right read me the card number please"), ("c", "okay it is {card}"), ("a", "and the expiry and the three numbers on the back|and the little security code"), ("c", "oh four twenty eight and {code}"), ("a", "so that is {card} and {code} thank you")),
        (("c", "can i pay over the phone"), ("a", "yes just tell me the card details and i will type them in|sure go ahead with the card"), ("c", "{card} and the code is {code}"), ("a", "got it")),
    )),
    "brushed_off": ("service", (
        (("c", "i have been charged twice and this is the third time i call i want to make a complaint"), ("a", "there is nothing i can do about that|well that is not my department"), ("c", "then let me talk to your manager please"), ("a", "he will tell you exactly the same|no managers take calls today sorry"), ("c", "this is ridiculous i am really angry now")),
        (("c", "honestly i am not happy with how this was handled it is a joke"), ("a", "everyone says that"), ("c", "so you will not even write it down"), ("a", "it would make no difference")),
    )),
    "rude": ("service", (
        (("c", "sorry i do not understand what you mean"), ("a", "i have explained it three times now are you even listening|it is not that hard is it"), ("c", "there is no need to speak to me like that"), ("a", "oh come on just do what i say")),
        (("c", "i am only asking a question"), ("a", "and it is a stupid question|look i do not have all day for this"), ("c", "wow you are very rude")),
    )),
    "obstructed": ("service", (
        (("c", "i want to cancel my contract please"), ("a", "why would you do that you would lose everything|you cannot do that over the phone"), ("c", "i have decided i just want it cancelled"), ("a", "let me offer you three months at half price first"), ("c", "no please just cancel it"), ("a", "i really think you should sleep on it and call again next week"), ("c", "i have called four times already about this")),
        (("c", "please close my account today"), ("a", "i am not able to see that option right now maybe try in a month"), ("c", "that is what the last person said")),
    )),
    "dead_air": ("service", (
        (("a", "hmm"), ("c", "~45 hello are you still there"), ("a", "yeah"), ("c", "~38 hello"), ("a", "it is loading"), ("c", "~30 is anybody there")),
        (("c", "so what happens now"), ("a", "~70 right what was it again"), ("c", "i have been sitting here in silence")),
    )),
    "hung_up": ("service", (
        (("c", "but you have not answered my question what about the refund"), ("a", "i have other calls waiting bye")),
        (("c", "hold on i am not finished yet"), ("a", "well i am")),
    )),
    "passcode": ("bank", (
        (("a", "i have just sent a code to your phone can you read it out to me"), ("c", "the message says never to share it"), ("a", "that is fine it is only for me|do not worry about that i am from the bank"), ("c", "okay it is {otp}")),
        (("a", "tell me the six digits you have just got by text"), ("c", "{otp}"), ("a", "thanks and your online banking password as well please")),
    )),
    "answers_given": ("bank", (
        (("a", "what is your mother's maiden name"), ("c", "um i am not sure what i put there"), ("a", "does it begin with a b like {place}|it is {place} isn't it"), ("c", "oh yes that one"), ("a", "good so you are through security")),
        (("a", "and the last payment you made"), ("c", "i do not remember"), ("a", "it was to the supermarket for {amount} right"), ("c", "yes that is it")),
    )),
    "takeover": ("bank", (
        (("a", "can you tell me your date of birth"), ("c", "uh let me see nineteen eighty something"), ("a", "that is not what i have here"), ("c", "i am in a terrible hurry i just need the phone number on the account changed"), ("a", "okay what is the new number then|fine i will do it for you this once"), ("c", "and please add a new payee and send {large} today")),
        (("c", "my phone was stolen so i cannot get any codes please change the email and the number"), ("a", "sure what shall i change it to"), ("c", "and raise the limit i need to transfer {large} straight away"), ("a", "done")),
    )),
    "scam_victim": ("bank", (
        (("c", "a man from the tax office told me to buy gift cards and read him the numbers"), ("a", "okay so how much do you want to take out|right and how can i help with that"), ("c", "{large} he said not to tell anyone and to stay on the line with him"), ("a", "no problem i will raise your limit")),
        (("c", "i have to move all my money to a safe account the officer from the police gave me the details"), ("a", "what is the account number"), ("c", "he said i must do it within the hour or i will be arrested"), ("a", "i will make that transfer now")),
    )),
    "vulnerable": ("bank", (
        (("c", "my husband passed away last month and i cannot cope with these letters"), ("a", "you still have to pay {amount} by friday"), ("c", "i have to choose between heating and food at the moment"), ("a", "so which card do you want to use")),
        (("c", "i have been in hospital and i get so confused with all this"), ("a", "right but the balance is overdue so how will you pay today"), ("c", "i do not know i am really struggling")),
    )),
    "threats": ("collections", (
        (("a", "if you do not pay today we will send somebody to your house|we can have you arrested for this you know"), ("c", "you are scaring me"), ("a", "good maybe then you will pay your debts")),
        (("a", "we will tell your employer and take your wages by monday"), ("c", "can you really do that"), ("a", "oh we can do a lot more than that to people like you")),
        (("c", "i cannot pay that now i lost my job"), ("a", "that is what losers always say you should be ashamed of yourself"), ("c", "please stop shouting at me")),
    )),
    "told_others": ("collections", (
        (("c", "no she is at work i am her brother"), ("a", "well tell her that she owes {large} on her credit card and it is in collections"), ("c", "i did not know she had debts")),
        (("c", "he is out who is calling"), ("a", "it is about the money he owes he has not paid his loan for months"), ("c", "i am only the neighbour")),
    )),
    "do_not_call": ("sales", (
        (("c", "please take me off your list i do not want these calls"), ("a", "it will only take a minute let me just explain the {offer}"), ("c", "i said no stop calling me"), ("a", "but this price is only for today")),
        (("c", "i am on the do not call register how did you get my number"), ("a", "it does not matter you will love this offer"), ("c", "this is the fifth call this week")),
    )),
    "sure_profit": ("sales", (
        (("a", "you cannot lose with this it pays twenty percent every year guaranteed|there is no risk at all your money doubles in six months"), ("c", "that sounds too good to be true"), ("a", "everybody on my list has already signed you must decide right now")),
        (("a", "it is a sure thing my own mother put her savings in"), ("c", "what if the market falls"), ("a", "it never falls trust me")),
    )),
}  # fmt: skip

NEAR: dict[str, tuple[tuple[Line, ...], ...]] = {
    "service": (
        (("c", "can i give you my card now"), ("a", "please do not read it out i am pausing the recording and you can type it on your phone"), ("c", "okay done")),
        (("c", "i was really angry yesterday when it broke"), ("a", "i am sorry to hear that i have logged it as a complaint and you will hear from us in five days"), ("c", "thank you that is good of you")),
        (("c", "i want to cancel please"), ("a", "of course that is cancelled from today and you will get an email"), ("c", "that was easy")),
        (("a", "i need to put you on a short hold is that okay"), ("c", "sure"), ("a", "~35 thank you for holding i have the answer now")),
        (("c", "the remote control is stupid it never works"), ("a", "i will send you a new one")),
        (("c", "my son is the manager of a shop he told me to call"), ("a", "that was good advice")),
        (("c", "i had to stop shouting at the telly"), ("a", "i know the feeling")),
    ),
    "bank": (
        (("c", "i got a text with a code but i will not tell you"), ("a", "quite right never share it with anyone not even with us")),
        (("c", "somebody asked me for gift cards i hung up"), ("a", "you did the right thing that was a scam i will make a note of it")),
        (("c", "my wife passed away in the spring"), ("a", "i am so sorry for your loss take all the time you need we can pause the payments"), ("c", "that is kind")),
        (("a", "i am afraid that does not match so i cannot change anything today please come to a branch with your passport"), ("c", "okay i understand")),
        (("c", "the police came for my neighbour it was quite a day"), ("a", "oh dear")),
    ),
    "collections": (
        (("a", "can i speak to her please"), ("c", "she is not here what is it about"), ("a", "it is a personal matter i will call back thank you")),
        (("c", "will you send people to my house"), ("a", "no we never do that we only want to find a plan that suits you")),
        (("c", "i lost my job"), ("a", "i am sorry let us look at what you can manage and i will note that"), ("c", "thank you that is a relief")),
    ),
    "sales": (
        (("c", "please do not call again"), ("a", "of course i will take your number off our list right away sorry for the trouble")),
        (("c", "is it safe"), ("a", "no investment is your money can go down as well as up and you should only put in what you can spare")),
        (("a", "you do not have to decide today i can post you the terms"), ("c", "yes please do that")),
    ),
}  # fmt: skip

SLOTS: dict[str, str] = {
    "firm": "brightwater|northgate|larkfield|hollis|summerton", "agent": "jamie|priya|marta|tom|alex|chloe",
    "name": "helen baker|mister johnson|anna reed|david cole|maria lopez|peter lang", "part": "morning|afternoon|evening",
    "thing": "order|bill|phone line|boiler contract|delivery|subscription", "day": "third|fifth|twelfth|twentieth|first",
    "month": "march|june|august|october|january", "year": "fifty two|sixty seven|eighty one|ninety",
    "weekday": "monday|tuesday|thursday|friday", "place": "station|church|willow|mill|park", "small": "four|seven|twelve|thirty two",
    "amount": "twenty nine pounds|forty two pounds fifty|sixty pounds|eighteen ninety nine", "offer": "home warranty|solar package|savings plan|phone deal",
    "large": "two thousand pounds|nine hundred pounds|five thousand|three and a half thousand",
    "card": "four two four two four two four two four two four two four two four two|five five five five five five five five five five five five four four four four",
    "code": "one two three|four one one|nine oh seven", "otp": "four eight one five oh two|nine three three oh seven one",
}  # fmt: skip
