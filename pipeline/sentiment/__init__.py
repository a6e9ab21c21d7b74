"""How turns sound: in words by a lexicon or a trained head, in the voice against the speaker's own usual one, and in both.

Known misses, said wherever a figure is shown: sarcasm ("oh, great") and polite anger ("i expected better of you").
"""

MISSES = "sarcasm and polite anger are often missed"
