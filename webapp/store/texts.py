"""What a database can hold of a text."""


def clean(text: str) -> str:
    """``text`` without what PostgreSQL or UTF-8 cannot hold: NUL and halves of surrogate pairs (undecodable file names)."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
