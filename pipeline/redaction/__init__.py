"""Redaction before anything is stored: card data, codes, identity numbers leave the words, the sound and the posteriors.

``redact(call, policy)`` replaces what must go by one typed word a turn; the typed words are also the only list of what to
cut elsewhere (`spans`). Recall stands on the recogniser: a digit it did not hear as one is caught only inside an answer to
a question for it, so answers are covered generously.
"""

from pipeline.redaction.choosing import Choice, Policies, load_policies, load_policy
from pipeline.redaction.policy import Policy
from pipeline.redaction.redact import redact, spans

__all__ = ["Choice", "Policies", "Policy", "load_policies", "load_policy", "redact", "spans"]
