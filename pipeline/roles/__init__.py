"""Who is the agent, who the customer: from what is said, who speaks first, and what the metadata tell.

Each party collects weights of phrases (cues.toml, languages/); the agent is the party that sounds most like one compared with the
others. A party that sounds like neither, or two parties that sound alike, stay ``unknown`` with a low confidence, whoever
spoke first: rules then say UNSURE rather than blame the wrong person.
"""

from pipeline.roles.assign import assign_roles
from pipeline.roles.transfers import handovers

__all__ = ["assign_roles", "handovers"]
