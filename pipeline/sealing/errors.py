"""Errors of sealed files and keys."""

from pipeline.errors import PipelineError


class SealBroken(PipelineError):
    """A sealed file that was changed, cut, mixed up with another, or opened with the wrong key or for the wrong call."""


class KeyUnknown(PipelineError):
    """A wrapped key whose wrapping key is not in the keyring, or that was changed."""
