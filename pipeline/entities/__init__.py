"""Things that are named in a call: amounts, dates, numbers, addresses of mail, products."""

from pipeline.entities.finding import Entity, entities_of
from pipeline.entities.products import BadProducts, Products, open_products

__all__ = ["BadProducts", "Entity", "Products", "entities_of", "open_products"]
