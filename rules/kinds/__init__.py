"""Kinds of rules: one file each with an object `kind`, found by being here.

A kind says which fields its rules have (``model``) and what they answer for a call (``judge``). ``signals`` is true for kinds
that pass no verdict. A kind reads a call only through its view, so that every look is remembered and can be explained.
"""
