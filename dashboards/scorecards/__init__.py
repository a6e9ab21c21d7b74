"""Scorecards on screen: the panel beside a call, and the pages around reviews."""
