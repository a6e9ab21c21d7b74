"""Roles from what is said, who speaks first and the metadata."""

import pytest

from pipeline.records import Call, Metadata, Party, Turn, Word
from pipeline.roles import assign_roles
from pipeline.roles.cues import other_language

SERVICE = (
    ("a", "thank you for calling harbor bank this is dana how can i help you"),
    ("c", "hi my card was declined twice and i don't know why"),
    ("a", "i'm sorry to hear that can you please confirm your date of birth"),
    ("c", "yes it's the fourth of june"),
    ("a", "let me check your account is there anything else i can help with"),
)
COLLECTION = (
    ("c", "hello"),
    ("a", "hi this is mark calling from clear collections on a recorded line am i speaking with jamie"),
    ("c", "yes what is this about"),
    ("a", "this is an attempt to collect a debt can you verify your address for security purposes"),
    ("c", "i can't pay that right now i lost my job"),
)


def call(said, names, metadata=None, channels=(None, None)):
    turns, at = [], 0.0
    for who, text in said:
        party = names[who]
        words = tuple(Word(w, at + 0.4 * n, at + 0.4 * n + 0.3, 0.9, party) for n, w in enumerate(text.split()))
        turns.append(Turn(party, at, words[-1].end, words))
        at = words[-1].end + 0.5
    sides = [*channels, None]
    parties = tuple(Party(name, channel=sides[n]) for n, name in enumerate(sorted(set(names.values()))))
    return assign_roles(Call("c", metadata=metadata or Metadata(), parties=parties, turns=tuple(turns)))


@pytest.mark.parametrize("said", [SERVICE, COLLECTION], ids=["service", "collection"])
@pytest.mark.parametrize("names", [{"a": "s1", "c": "s2"}, {"a": "s2", "c": "s1"}], ids=["agent s1", "agent s2"])
def test_agent_and_customer_are_told_whatever_their_names(said, names):
    told = call(said, names)
    assert (told.role_of(names["a"]), told.role_of(names["c"])) == ("agent", "customer")
    assert all(0.5 < party.role_confidence <= 1.0 for party in told.parties)


SPANISH = (
    ("a", "Buenos días, gracias por llamar al banco, le atiende Lucía, ¿en qué puedo ayudarle?"),
    ("c", "hola, mire, es que no me llega la tarjeta nueva, la pedí hace tres semanas"),
    ("a", "lo siento mucho, ¿me dice su nombre y su fecha de nacimiento por favor?"),
    ("c", "y me van a cobrar algo por eso"),
)
FRENCH = (
    ("c", "oui allô"),
    ("a", "bonjour madame Petit je vous appelle de la part de la mutuelle au sujet de votre dossier"),
    ("c", "ah oui j'ai un problème avec ma carte je n'ai jamais reçu le remboursement"),
    ("a", "pouvez-vous me confirmer votre date de naissance, je vérifie tout de suite"),
)
GERMAN = (
    ("a", "guten Tag, mein Name ist Weber, was kann ich für Sie tun"),
    ("c", "ich habe ein Problem mit meiner Rechnung, ich möchte wissen warum sie so hoch ist"),
    ("a", "einen Moment bitte, ich schaue mal nach, können Sie mir Ihre Kundennummer sagen"),
    ("c", "die habe ich nicht hier und das ist schon das dritte Mal"),
)


ITALIAN = (
    ("a", "buongiorno sono Marta della banca, come posso aiutarla"),
    ("c", "buongiorno vorrei sapere perché non mi è arrivata la mia carta"),
    ("a", "mi può confermare il suo numero di conto, verifico subito"),
)
PORTUGUESE = (
    ("c", "alô, bom dia, eu queria falar da minha fatura que não chegou"),
    ("a", "bom dia senhora, um momento que eu vou verificar, pode me confirmar o seu endereço"),
    ("c", "e a segunda vez que não recebi"),
)
DUTCH = (
    ("a", "goedemiddag u spreekt met Joost, waarmee kan ik u helpen"),
    ("c", "ik heb een vraag over mijn rekening, waarom is het zo hoog"),
    ("a", "een moment ik kijk het even na, wat is uw geboortedatum"),
)
POLISH = (
    ("a", "dzień dobry, z tej strony Anna, w czym mogę pani pomóc"),
    ("c", "dzień dobry, mam problem, nie dostałam faktury i nie wiem ile mam zapłacić"),
    ("a", "proszę podać numer, już sprawdzam"),
)


@pytest.mark.parametrize(
    "said",
    [SPANISH, FRENCH, GERMAN, ITALIAN, PORTUGUESE, DUTCH, POLISH],
    ids=["es", "fr", "de", "it", "pt", "nl", "pl"],
)
@pytest.mark.parametrize("names", [{"a": "s1", "c": "s2"}, {"a": "s2", "c": "s1"}], ids=["agent s1", "agent s2"])
def test_other_languages_have_cues_of_their_own(said, names):
    told = call(said, names)
    assert (told.role_of(names["a"]), told.role_of(names["c"])) == ("agent", "customer")


def test_the_words_decide_which_language_is_asked_and_the_metadata_before_them():
    def of(said, told=None):
        return other_language(call(said, {"a": "s1", "c": "s2"}, Metadata(extra={"language": told} if told else {})))

    others = (SPANISH, FRENCH, GERMAN, ITALIAN, PORTUGUESE, DUTCH, POLISH)
    assert [of(said) for said in (*others, SERVICE, COLLECTION)] == ["es", "fr", "de", "it", "pt", "nl", "pl", "", ""]
    assert [of(SPANISH, "en"), of(SERVICE, "pl"), of(SERVICE, "ko")] == ["", "pl", ""]


def test_a_menu_is_a_machine():
    said = (
        ("i", "your call is important to us please listen carefully press one for billing press two for sales"),
        *SERVICE,
    )
    told = call(said, {"i": "s1", "a": "s2", "c": "s3"})
    assert [party.role for party in told.parties] == ["ivr", "agent", "customer"]


@pytest.mark.parametrize(
    "said",
    [
        ["okay", "okay"],
        ["hello", "hello"],
        ["yes", "no", "maybe", "okay"],
        ["hi mom how are you", "fine dear and you did you eat", "yes i made soup today it was great", "lovely"],
    ],
)
@pytest.mark.parametrize("direction", [None, "inbound", "outbound"])
@pytest.mark.parametrize("channels", [(None, None), (0, 1)], ids=["mono", "stereo"])
def test_who_speaks_first_alone_makes_nobody_an_agent(said, direction, channels):
    turns = [(("s1", "s2")[n % 2], text) for n, text in enumerate(said)]
    told = call(turns, {"s1": "s1", "s2": "s2"}, Metadata(direction=direction), channels)
    assert [(party.role, party.role_confidence) for party in told.parties] == [("unknown", 0.0)] * 2


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        (
            ("hello is this john", "no john is not here i am his wife", "okay when will he be back"),
            ["agent", "third_party"],
        ),
        (("hello", "may i speak to john brown please", "he's not home"), ["third_party", "agent"]),
        (
            ("hello is this john", "yes", "this is your bank there is a problem with your account"),
            ["agent", "customer"],
        ),
    ],
    ids=["his wife", "not home", "himself"],
)
def test_whoever_asks_for_somebody_called_and_whoever_answers_for_them_is_a_third_party(said, roles):
    turns = [(("s1", "s2")[n % 2], text) for n, text in enumerate(said)]
    told = call(turns, {"s1": "s1", "s2": "s2"}, Metadata(direction="outbound"))
    assert [party.role for party in told.parties] == roles


def test_a_call_without_words_stays_as_it_is():
    empty = Call("c", parties=(Party("s1"), Party("s2")))
    assert assign_roles(empty) == empty


WRONG_NUMBER = (
    ("c", "hello"),
    ("a", "hi this is mark calling from clear collections on a recorded line may i speak to jamie brown please"),
    ("c", "sorry there's nobody here by that name"),
    ("a", "i apologize is this five five five oh one nine two"),
    ("c", "it is but you have the wrong number i keep getting her calls"),
    ("a", "i'll take your number off our records have a good day"),
)


def test_whoever_picks_up_and_is_not_meant_is_a_third_party():
    told = call(WRONG_NUMBER, {"a": "s1", "c": "s2"})
    assert (told.role_of("s1"), told.role_of("s2")) == ("agent", "third_party")


def test_hours_of_talk_about_somebody_who_is_not_there_make_nobody_a_third_party():
    said = (*COLLECTION, *(20 * (("a", "can your wife pay that"), ("c", "i told you she's not here"))))
    told = call((*COLLECTION, *(60 * COLLECTION[3:]), *said), {"a": "s1", "c": "s2"}, Metadata(direction="outbound"))
    assert (told.role_of("s1"), told.role_of("s2")) == ("agent", "customer")


def test_a_caller_whose_number_is_wrong_on_file_stays_the_customer():
    said = (*SERVICE, ("c", "you have the wrong number for me there and i keep getting their calls"))
    assert call(said, {"a": "s1", "c": "s2"}).role_of("s2") == "customer"


def test_an_answering_machine_stands_for_the_one_who_was_called():
    said = (
        ("c", "you have reached the browns please leave your name and number after the tone"),
        ("a", "jamie this is mark again please call me back before friday it is about the bill"),
    )
    told = call(said, {"a": "s1", "c": "s2"})
    assert (told.role_of("s1"), told.role_of("s2")) == ("agent", "customer")


def test_a_menu_on_the_agents_side_is_parted_from_the_agent():
    menu = "welcome to harbor bank for cards please press one"
    told = call((("i", menu), *SERVICE), {"i": "s1", "a": "s1", "c": "s2"})
    assert [(party.id, party.role) for party in told.parties] == [("s1", "agent"), ("s2", "customer"), ("s3", "ivr")]
    assert {word.party for word in told.turns[0].words} == {told.turns[0].party} == {"s3"}
    assert told.turns[1].party == "s1"


def test_an_agent_who_reads_out_a_menu_later_stays_the_agent():
    told = call((*SERVICE, ("a", "next time please press one for cards")), {"a": "s1", "c": "s2"})
    assert [party.role for party in told.parties] == ["agent", "customer"]


def test_whoever_asks_who_is_calling_is_not_who_called():
    said = (
        ("b", "hello"),
        ("a", "hi i'm calling about the past due balance for julia stone is she there"),
        ("b", "um okay hang on"),
        ("c", "hello"),
        ("a", "is this julia stone this call may be recorded"),
        ("c", "yes who is this please did you tell my room mate that i have a loan"),
    )
    told = call(said, {"b": "s1", "a": "s2", "c": "s3"})
    assert [told.role_of(party) for party in ("s1", "s2", "s3")] == ["third_party", "agent", "customer"]
