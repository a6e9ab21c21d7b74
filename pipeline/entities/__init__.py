"""Things that are named in a call: amounts, dates, numbers, addresses of mail, products."""

from pipeline.entities.finding import Entity, entities_of

__all__ = ["Entity", "entities_of"]
