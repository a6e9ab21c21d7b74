"""Entities: what was named in a call, one finding for each type with every place it was said.

They tell what a call holds, not that it deserves a listener: their weight is 0. Setting `phone_region` names the country of
telephone numbers without a country code, `products` the list of products to look for; without it none are told. Known miss:
names of people, places and companies, which need a model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.entities import Entity, Products, entities_of, open_products
from pipeline.language import FOREIGN
from pipeline.records import Call, Finding, Measure

UNSURE = frozenset({"asr_unsure", FOREIGN})
TYPES = ("amount", "date", "phone", "email", "order_number", "account_number", "reference", "product")
NAMES = {"email": "e-mail", "national_id": "national id"}
SHOWN = 12  # places of one type


@dataclass(frozen=True)
class Entities:
    """Findings ``entity.TYPE`` and measures ``entities.TYPE``: how many different ones."""

    name: str = "entities"
    version: str = "3"
    of_words = True
    weight: float = 0.0
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = tuple(f"entities.{kind}" for kind in TYPES)
    region: str = "US"
    products: Products | None = None

    def configured(self, settings: Mapping[str, Any]) -> Entities:
        file = settings.get("products")
        products = self.products if file is None else open_products(Path(file))
        return replace(self, region=str(settings.get("phone_region") or self.region).upper(), products=products)

    def analyze(self, call: Call) -> list[Finding | Measure]:
        if UNSURE & set(call.marks):
            return []
        by_type: dict[str, list[Entity]] = {}
        for turn in call.turns:
            for entity in entities_of(turn, self.region, self.products):
                by_type.setdefault(entity.type, []).append(entity)
        counts = [Measure(f"entities.{kind}", float(len({e.text for e in rows}))) for kind, rows in by_type.items()]
        return [*counts, *(self.finding(kind, rows) for kind, rows in by_type.items())]

    def finding(self, kind: str, rows: Sequence[Entity]) -> Finding:
        values = list(dict.fromkeys(entity.text for entity in rows))
        evidence = tuple(entity.evidence() for entity in rows[:SHOWN])
        label = NAMES.get(kind, kind.replace("_", " "))
        why = f"{label}: {', '.join(values[:SHOWN])}"
        return Finding(f"entity.{kind}", 0.1, evidence[0].start, evidence[0].end, why, evidence,
                       {"values": "; ".join(values), "count": len(rows)})  # fmt: skip


analyzer = Entities()
