"""The rule language: how a rule file is read, what a phrase means, how spoken words are compared."""
