"""Words that hurt: profanity, insult, threat, hate, harassment and self-harm, told apart from quoting them."""

from pipeline.moderation.finding import Heard, heard_in

__all__ = ["Heard", "heard_in"]
