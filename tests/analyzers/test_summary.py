"""The summary of a call: quotes at their second, due dates counted, and a model's text only where the turns bear it out."""

from datetime import UTC, date, datetime

import pytest
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from pipeline.analyzers.summary import Summary, analyzer
from pipeline.errors import ModelError
from pipeline.records import Call, Finding, Measure, Metadata, Party, Turn, Word
from pipeline.summary import summary_of
from pipeline.summary.due import due_in
from pipeline.summary.faithful import borne_out
from pipeline.summary.writer import as_lines, open_writer

PARTIES = (Party("s1", "agent", 1.0, 0), Party("s2", "customer", 1.0, 1))
THURSDAY = datetime(2026, 11, 5, 12, tzinfo=UTC)


def call_of(*texts, parties=PARTIES):
    turns = []
    for n, text in enumerate(texts):
        party = f"s{1 + n % 2}"
        words = tuple(
            Word(w, 10.0 * n + 0.3 * k, 10.0 * n + 0.3 * k + 0.2, 0.95, party) for k, w in enumerate(text.split())
        )
        turns.append(Turn(party, words[0].start, words[-1].end, words))
    return Call("c", metadata=Metadata(started_at=THURSDAY), parties=parties, turns=tuple(turns))


CALL = call_of(
    "thank you for calling acme how can i help",
    "hi there",
    "hello",
    "i'm calling about my washing machine it stopped in the middle of the night",
    "i'm sorry to hear that i have booked a technician for you",
    "oh good when does he come",
    "he will be there by tuesday and i'll send you a letter with the details tomorrow",
    "perfect that's all thank you",
)


def test_reason_work_outcome_and_promises_are_told_in_this_order():
    found = [(s.part, s.quote) for s in summary_of(CALL)]
    assert [part for part, _ in found] == ["reason", "done", "outcome", "promise"]
    assert found[0][1].startswith("i'm calling about my washing machine") or found[0][1].startswith(
        "calling about my washing"
    )
    assert "booked a technician" in found[1][1]


def test_every_sentence_is_said_word_for_word_at_its_second():
    for sentence in summary_of(CALL):
        evidence = sentence.evidence()
        turn = next(turn for turn in CALL.turns if turn.start <= evidence.start and evidence.end <= turn.end)
        assert evidence.quote in turn.text
        assert evidence.party == turn.party


def test_a_call_that_ends_in_anger_is_not_settled():
    call = call_of(
        "how can i help", "i want my money back", "we cannot do that", "this is ridiculous i want your supervisor"
    )
    outcome = next(sentence for sentence in summary_of(call) if sentence.part == "outcome")
    assert outcome.tone == "not settled"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("it will be there by tuesday", date(2026, 11, 10)),
        ("i will call you tomorrow", date(2026, 11, 6)),
        ("within three to five working days", date(2026, 11, 12)),
        ("in two weeks", date(2026, 11, 19)),
        ("by next friday", date(2026, 11, 13)),
        ("by friday", date(2026, 11, 6)),
        ("by thursday", date(2026, 11, 12)),
        ("on the ninth of january", date(2027, 1, 9)),
        ("before the end of the month", date(2026, 11, 30)),
        ("i will see to it", None),
        ("in twenty four hours", date(2026, 11, 6)),
        ("within 2-3 weeks", date(2026, 11, 26)),
        ("the day after tomorrow", date(2026, 11, 7)),
        ("by the end of next week", date(2026, 11, 13)),
        ("before 12/24", date(2026, 12, 24)),
        ("until the second", date(2026, 12, 2)),
        ("on the second floor", None),
        ("in twenty minutes", date(2026, 11, 5)),
        ("a week from tuesday", date(2026, 11, 17)),
        ("two days from now", date(2026, 11, 7)),
        ("the monday after next", date(2026, 11, 16)),
        ("the week after next", date(2026, 11, 20)),
        ("the month after next", date(2027, 1, 31)),
        ("before the weekend", date(2026, 11, 6)),
        ("over the weekend", date(2026, 11, 8)),
        ("three weeks ago", None),
        ("the week before last", None),
    ],
)
def test_a_due_date_is_counted_from_the_day_of_the_call(said, day):
    due = due_in(said.split(), THURSDAY)
    assert (due.day if due else None) == day


def test_what_is_quoted_as_the_day_is_the_whole_of_it():
    assert due_in("we will do it in twenty four hours".split(), THURSDAY).said == "in twenty four hours"


def promised(text):
    return [s.due for s in summary_of(call_of(text, "okay")) if s.part == "promise"]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("your replacement leaves the depot tomorrow", date(2026, 11, 6)),
        ("somebody of ours is going to ring you on monday", date(2026, 11, 9)),
        ("you should see it in your account by tuesday", date(2026, 11, 10)),
        ("i will just check it tomorrow", date(2026, 11, 6)),
    ],
)
def test_what_is_to_happen_on_a_day_is_a_promise(text, due):
    assert promised(text) == [due]


@pytest.mark.parametrize(
    "text",
    ["i will not refund you by friday", "i can't promise you anything for friday", "we'll never call on a monday"],
)
def test_a_refusal_is_no_promise(text):
    assert promised(text) == []


def test_thanks_for_nothing_settles_nothing():
    call = call_of("how can i help", "i want my money back", "we cannot do that", "thanks a lot for nothing")
    assert [s.tone for s in summary_of(call) if s.part == "outcome"] == ["not settled"]


def test_without_a_date_of_the_call_only_the_words_are_given():
    due = due_in("within five working days".split(), None)
    assert (due.said, due.day) == ("within five working days", None)


def test_what_an_agent_does_at_once_is_no_promise():
    call = call_of("i'll just check that for you", "okay", "i'm going to put you on hold", "sure")
    assert [s for s in summary_of(call) if s.part == "promise"] == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The customer's washing machine stopped in the night.", 1),
        ("The agent booked a technician.", 1),
        ("The agent refunded the full price.", 0),
        ("The technician was not booked.", 0),
        ("A technician was booked for 400 dollars.", 0),
        ("The washing machine stopped. The agent apologised and paid for a hotel.", 1),
    ],
)
def test_a_written_sentence_stands_only_where_the_turns_bear_it_out(text, kept):
    found, _ = borne_out(text, CALL)
    assert len(found) == kept
    assert all(evidence.quote in {turn.text for turn in CALL.turns} for _, evidence in found)


def test_what_a_model_invents_is_left_out_and_counted():
    text = "The washing machine stopped in the night. The customer won a car."
    rows = Summary(writer=lambda call: text).analyze(CALL)
    [written] = [row for row in rows if isinstance(row, Finding) and row.kind == "summary.text"]
    assert (written.why, written.facts["left_out"]) == ("The washing machine stopped in the night.", 1)
    assert written.start == CALL.turns[3].start


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A BART of one layer with random weights."""
    path = tmp_path_factory.mktemp("foreign") / "writer"
    path.mkdir()
    torch.manual_seed(0)
    words = [
        "<pad>",
        "<s>",
        "</s>",
        "<unk>",
        "washing",
        "machine",
        "booked",
        "technician",
        "refund",
        "agent",
        "customer",
        ".",
    ]
    config = transformers.BartConfig(
        vocab_size=len(words), d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=200, pad_token_id=0,
        bos_token_id=1, eos_token_id=2, decoder_start_token_id=2, forced_eos_token_id=None,
    )  # fmt: skip
    model = transformers.BartForConditionalGeneration(config)
    model.final_logits_bias[0, :4] = -1e4  # it writes words, not signs
    model.config.architectures = ["BartForConditionalGeneration"]
    model.config.save_pretrained(path)
    save_file({name: tensor.contiguous().clone() for name, tensor in model.state_dict().items()}, path / "model.safetensors",
              {"format": "pt"})  # fmt: skip
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, "<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(["<pad>", "<s>", "</s>"])
    (path / "tokenizer.json").write_text(tokenizer.to_str())
    return path


def test_a_transformers_model_writes_and_every_sentence_is_checked(folder, tmp_path):
    write = open_writer(str(folder), "cpu", tmp_path / "models")
    assert write(CALL) == write(CALL)  # greedy
    assert write(CALL).strip()
    chosen = analyzer.configured({"summary_model": str(folder), "device": "cpu", "models": tmp_path / "models"})
    rows = [row for row in chosen.analyze(CALL) if isinstance(row, Finding)]
    kept, _ = borne_out(write(CALL), CALL)
    assert [row.why for row in rows if row.kind == "summary.text"] == ([" ".join(s for s, _ in kept)] if kept else [])
    assert [row.kind for row in rows if row.kind != "summary.text"] == [f"summary.{s.part}" for s in summary_of(CALL)]


def test_a_model_reads_no_removed_words():
    words = (Word("number", 0.0, 0.4, 1.0, "s2"), Word("[CARD_NUMBER]", 0.5, 3.0, None, "s2", "CARD_NUMBER"))
    assert as_lines(Call("c", parties=PARTIES, turns=(Turn("s2", 0.0, 3.0, words),))) == "Customer: number"


def test_a_model_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelError, match="nowhere"):
        open_writer("nowhere", "cpu", tmp_path)


def test_promises_are_counted():
    assert Measure("promises", 1.0) in Summary().analyze(CALL)
