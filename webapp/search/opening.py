"""The search index that the settings name."""

from __future__ import annotations

from pydantic import SecretStr

from pipeline.protocols import SearchIndex
from pipeline.search.opening import open_index
from pipeline.search.records import Address
from webapp.settings import Settings, SettingsError


def index_of(settings: Settings) -> SearchIndex:
    """The index of an installation; nothing is asked of it yet. Raises SettingsError for a key that cannot be used."""
    address = Address(
        settings.search, settings.path("search"), settings.search_user, _told(settings.search_password),
        _told(settings.search_api_key), settings.search_ca, settings.search_index,
    )  # fmt: skip
    if address.api_key and address.user:
        raise SettingsError("Set search_api_key, or search_user with search_password, not both.")
    try:
        return open_index(address)
    except (ValueError, OSError) as error:
        raise SettingsError(f"search = {settings.search!r} cannot be opened: {error}.") from error


def _told(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
