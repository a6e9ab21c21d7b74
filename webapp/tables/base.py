"""What all tables share: 64-bit keys, moments in UTC, constraint names.

Constraint names are fixed by a convention, so that a migration can name what it drops on both databases.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Double, Integer, MetaData, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

Key = Annotated[int, "key"]  # 64 bit; Integer on SQLite, where only INTEGER counts up by itself and is 64 bit anyway
Json = Annotated[Any, "json"]
PUBLIC_ID_BYTES = 16

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Naive values are refused, any zone is taken, UTC comes back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None or value.utcoffset() is None:
            raise ValueError(f"{value!r} has no zone: a moment in the database needs one")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables of callsift."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {
        Key: BigInteger().with_variant(Integer, "sqlite"),
        Json: JSON().with_variant(JSONB, "postgresql"),
        datetime: UtcDateTime,
        float: Double,
    }


def new_public_id() -> str:
    """128 random bits in hex: the only name of a row that leaves the database."""
    return secrets.token_hex(PUBLIC_ID_BYTES)
