"""Records of speech and verdicts, the rule language and its engine. Pure Python; imports nothing else of callsift."""
