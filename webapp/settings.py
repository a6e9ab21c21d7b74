"""Every setting of callsift, in one place: name, type, default and a line of help.

Sources, the first wins: command-line options, environment (`CALLSIFT_NAME`, or `CALLSIFT_NAME_FILE` holding a path to the
value), the TOML file named by `CALLSIFT_CONFIG` or `<data folder>/callsift.toml`. Unknown names are refused with a
suggestion, and no secret has a default: `callsift init` makes them.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from pipeline.meaning import choose_meaning
from rules.errors import CallsiftError

PREFIX = "CALLSIFT_"
CONFIG = f"{PREFIX}CONFIG"
FOR_TESTS = f"{PREFIX}TEST_"  # servers that `make test` started; no settings


class SettingsError(CallsiftError, ValueError):
    """A setting that cannot be used: its name, the value, where it was set and what to do."""


def setting(default: Any, help: str, *, least: float | None = None, most: float | None = None) -> Any:
    """``least`` and ``most`` are the smallest and largest value that makes sense."""
    return Field(default=default, description=help, ge=least, le=most)


class Settings(BaseSettings):
    """All settings. `callsift config show` prints them with their sources, secrets hidden."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    data: Path = setting(Path("callsift-data"), "Folder of the database, sealed recordings, listening copies and keys.")
    database: SecretStr | None = setting(None, "SQLAlchemy URL; without it SQLite inside the data folder.")
    secret_key: SecretStr | None = setting(None, "Signs form tokens; made by `callsift init` (data/keys/secret_key).")
    kek: SecretStr | None = setting(
        None, "Key that wraps the key of each call, 32 bytes in hex; made by `callsift init`."
    )
    signing_key: SecretStr | None = setting(
        None, "Signs compliance reports (Ed25519), 32 bytes in hex; made by `callsift init`."
    )
    host: str = setting("127.0.0.1", "Address the web server binds to.")
    port: int = setting(8050, "Port of the web server.", least=1, most=65535)
    behind_proxy: bool = setting(
        False, "True when exactly one TLS-terminating proxy stands in front; needed to bind beyond loopback."
    )
    trusted_hosts: tuple[str, ...] = setting(("127.0.0.1", "localhost"), "Host names the web server answers to.")
    zone: str = setting("UTC", "IANA zone of schedules, report periods and of times on screen without another one.")
    search: str = setting("sqlite", "`sqlite`, or the URL of an Elasticsearch server, for example https://search:9200.")
    search_user: str | None = setting(None, "User name at the search server, together with search_password.")
    search_password: SecretStr | None = setting(None, "Password at the search server.")
    search_api_key: SecretStr | None = setting(None, "API key of the search server, instead of user and password.")
    search_ca: Path | None = setting(None, "PEM file of the authority that signed the search server's certificate.")
    search_index: str = setting("callsift", "Name of the index (an alias) on the search server.")
    watch: tuple[Path, ...] = setting((), "Folders whose recordings are taken in by the schedule.")
    file_pattern: str | None = setting(
        None, "Regular expression with named groups that reads metadata out of file names."
    )
    mapping: Path | None = setting(None, "YAML file that maps foreign metadata columns to callsift's names.")
    contact_logs: tuple[Path, ...] = setting((), "Contact logs (CSV or JSON) taken in by the schedule.")
    url_schemes: tuple[str, ...] = setting(
        (), "fsspec schemes recordings may be fetched from, for example https, s3. None by default."
    )
    url_hosts: tuple[str, ...] = setting((), "Hosts (or buckets) recordings may be fetched from. None by default.")
    model: str = setting(
        "demo", "Recogniser: `demo`, the name of an imported model, or a local folder made by `callsift models import`."
    )
    multilingual_model: str | None = setting(
        None,
        "Imported recogniser of many languages (Whisper, or CTC) that hears calls again whose language the rules do not speak; "
        "without it they are only marked.",
    )
    diarizer: str = setting(
        "clustering", "Diarizer for mono calls: `clustering`, or the name of an imported pyannote pipeline."
    )
    embedding_model: str | None = setting(
        None,
        "Imported encoder of sentences (sentence-transformers) that compares meanings in rules, topics, themes and calls like others; "
        "without it the shipped all-MiniLM-L6-v2.",
    )
    sentiment_model: str | None = setting(
        None,
        "Mood of words: `vader`, a head made by `callsift sentiment train` (a .json file) or an imported transformers text "
        "classifier; without it the shipped head.",
    )
    topics: Path | None = setting(
        None, "Call reasons: a YAML file like pipeline/topics/reasons.yaml, or one made by `callsift topics train`."
    )
    summary_model: str | None = setting(
        None, "Imported transformers model (sequence to sequence) that writes summaries; without it they are quotes."
    )
    products: Path | None = setting(
        None,
        "Products to find in calls: a text file with one a line, its other names behind a colon (`Silver Saver: silver account, the "
        "saver`), or a YAML file; without it none are told.",
    )
    phone_region: str = setting("US", "Country (two letters) of telephone numbers spoken without a country code.")
    device: Literal["auto", "cpu", "cuda"] = setting("auto", "Where models run.")
    threads: int = setting(0, "CPU threads of the models; 0 means all cores.", least=0)
    batch_calls: int = setting(8, "Calls taken by a worker at once.", least=1)
    lease_seconds: float = setting(
        600.0, "A claimed call is free again when its worker has been silent this long.", least=1
    )
    max_attempts: int = setting(3, "A call is parked after this many failed attempts.", least=1)
    max_hours: float = setting(4.0, "Longer recordings are quarantined instead of processed.", least=0.01)
    max_upload_mb: int = setting(200, "Largest upload of the web application, in megabytes.", least=1)
    quarantine_days: float = setting(
        7.0, "The sealed copy of a source recording is deleted after this many days at the latest.", least=0
    )
    keep_originals: bool = setting(
        False,
        "Keep the sealed copy of a redacted call until quarantine_days, unless card data was in it or its redaction policy says "
        "otherwise (keep_original_days), so that who may unmask can "
        "hear a removed part again. Without it the copy goes when redaction has succeeded.",
    )
    redaction_policy: str = setting(
        "default",
        "Redaction policy, or choice of policies by queue, team and country of the person, by name (default, us, uk, eu, kr, strict, "
        "cards_only, by_person) or path.",
    )
    voiceprints: bool = setting(
        False, "Keep voice vectors of callers who consented, to find the same voice on other accounts."
    )
    packs: Path | None = setting(None, "Folder of the user's own rule packs; they override shipped rules by id.")
    weights: Path | None = setting(None, "TOML file that overrides the weights of the interest score.")
    schedule: str = setting("*/15 * * * *", "Cron line on which folders are ingested and waiting calls processed.")
    queue_random: float = setting(
        0.1, "Share of the places of a ranked queue that are given to calls drawn at random.", least=0, most=0.5
    )
    draw_share: float = setting(
        0.05, "Share of each agent's calls of a day that are drawn at random, at least one.", least=0.001, most=1
    )
    smtp_url: SecretStr | None = setting(
        None, "smtp://user:password@host:port or smtps://...; without it mails lie in the outbox folder."
    )
    mail_from: str = setting("callsift@localhost", "Sender of mails.")
    smtp_ca: Path | None = setting(None, "PEM file of the authority that signed the SMTP server's certificate.")
    public_url: str | None = setting(
        None, "Address of this application as people reach it, for links in mails; without it http://host:port."
    )
    alert_recipients: tuple[str, ...] = setting(
        (), "Who gets fraud alerts: `pack/team=address`, * for any, for example fraud/north=lead@bank.example."
    )
    alert_escalation: tuple[str, ...] = setting(
        (), "Who is told when nobody acknowledged an alert; written like alert_recipients."
    )
    alert_threshold: float = setting(
        0.8, "Risk (0 to 1) from which an alert is mailed at once; other cases wait for the digest.", least=0, most=1
    )
    alert_hub: int = setting(
        10, "A number, account or customer id shared by this many different people links no calls to a case.", least=2
    )
    alert_per_hour: int = setting(
        3, "Most mails an hour about one rule to one address; further alerts wait for the digest.", least=0
    )
    alert_quiet: str | None = setting(
        None, "Hours without mails, in the setting `zone`, for example 22:00-07:00; the digest keeps its time."
    )
    alert_digest: str = setting("0 8 * * *", "Cron line on which the digest of alerts is mailed.")
    alert_escalate_minutes: int = setting(
        120, "An alert nobody acknowledged is escalated after this many minutes.", least=1
    )
    alert_details: bool = setting(
        False, "Put what was said and customer and account numbers into mails; else only call id and rule."
    )
    dispute_days: int = setting(5, "Working days in which an agent may dispute a result.", least=0)
    session_idle_minutes: int = setting(15, "A session without requests ends after this many minutes.", least=1)
    session_hours: int = setting(12, "A session ends after this many hours in any case.", least=1)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = setting("INFO", "Least level of log lines.")

    @field_validator("search")
    @classmethod
    def known_search(cls, search: str) -> str:
        parts = urlsplit(search)
        if search != "sqlite" and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("write sqlite, or an address such as https://search.example:9200")
        if parts.username or parts.password:
            raise ValueError("no name or password here: set search_user and search_password (or search_api_key)")
        return search

    @field_validator("search_index")
    @classmethod
    def lower_case_index(cls, name: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,99}", name):
            raise ValueError("an index is named with small letters, digits, - and _, for example callsift")
        return name

    @field_validator("zone")
    @classmethod
    def known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ValueError, KeyError, OSError) as error:
            raise ValueError("there is no such zone; write it as in Europe/Helsinki") from error
        return zone

    @field_validator("products")
    @classmethod
    def readable_products(cls, file: Path | None) -> Path | None:
        """Only where somebody has a list: reading it loads spoken numbers."""
        if file is not None:
            from pipeline.entities.products import open_products

            open_products(file)
        return file

    @field_validator("schedule")
    @classmethod
    def readable_schedule(cls, line: str) -> str:
        """Only a line that somebody set is looked at: the default is known to be one, and the reader costs time."""
        from webapp.schedule import Schedule, ScheduleError

        try:
            Schedule(line, "UTC")
        except ScheduleError as error:
            raise ValueError(f"{error.__cause__}; a quarter-hourly line is */15 * * * *") from error
        return line

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)  # load() merges environment and file itself, to name the source in errors

    def path(self, *parts: str) -> Path:
        """A path inside the data folder."""
        return self.data.joinpath(*parts)

    def secret(self, name: str) -> str:
        """The secret called ``name``, from the setting or from the file `callsift init` made."""
        value: SecretStr | None = getattr(self, name)
        if value is not None:
            return value.get_secret_value()
        file = self.path("keys", name)
        if not file.is_file():
            raise SettingsError(
                f"{name} is not set and {file} does not exist. Run `callsift init`, or set {PREFIX}{name.upper()}_FILE."
            )
        return file.read_text().strip()

    def database_url(self) -> str:
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite:///{self.path('callsift.sqlite').absolute()}"


def load(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from overrides, environment and TOML file; raises SettingsError with the name and a suggestion."""
    environ = os.environ if environ is None else environ
    merged = _merged(environ, overrides)
    try:
        settings = Settings(**{name: _typed(name, value) for name, (value, _source) in merged.items()})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        shown = "(hidden)" if _is_secret(name) else repr(first["input"])
        message = f"{merged[name][1]}: {name} = {shown}: {first['msg']}. {Settings.model_fields[name].description}"
        raise SettingsError(message) from error
    choose_meaning(settings.embedding_model, settings.path("models"))
    return settings


@dataclass(frozen=True, slots=True)
class Described:
    """One setting for people: its value (a secret only as set or not), where it comes from, what it does."""

    name: str
    value: str
    source: str
    help: str


def describe(environ: Mapping[str, str] | None = None, **overrides: Any) -> list[Described]:
    """Every setting as `load` would give it, in the order of the class."""
    environ = os.environ if environ is None else environ
    settings, merged = load(environ, **overrides), _merged(environ, overrides)
    return [
        Described(name, *_seen(settings, name, merged.get(name, (None, "default"))[1]), field.description or "")
        for name, field in Settings.model_fields.items()
    ]


def _seen(settings: Settings, name: str, source: str) -> tuple[str, str]:
    """Value and source of a setting; a secret that `callsift init` made counts as set."""
    value, made = getattr(settings, name), settings.path("keys", name)
    if value is None and _is_secret(name) and made.is_file():
        return "(set, hidden)", str(made)
    return _shown(name, value), source


def _merged(environ: Mapping[str, str], overrides: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    """``{name: (value, where it was set)}`` of everything that somebody set."""
    given = {name: (value, "the command line") for name, value in overrides.items() if value is not None}
    environment = _from_environment(environ)
    data = Path((environment | given).get("data", ("callsift-data", ""))[0])
    return _from_file(environ.get(CONFIG), data) | environment | given


def _shown(name: str, value: Any) -> str:
    if _is_secret(name):
        return "not set" if value is None else "(set, hidden)"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _typed(name: str, value: Any) -> Any:
    """Text of the environment for fields of several values: separated by commas."""
    default = Settings.model_fields[name].default
    if isinstance(default, tuple) and isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    for key, value in environ.items():
        if not key.startswith(PREFIX) or key.startswith(FOR_TESTS) or key == CONFIG:
            continue
        name = key.removeprefix(PREFIX).lower()
        if name.endswith("_file") and name.removesuffix("_file") in Settings.model_fields:
            found[name.removesuffix("_file")] = (_read(Path(value), key), key)
            continue
        _known(name, f"environment variable {key}")
        found.setdefault(name, (value, key))
    return found


def _from_file(named: str | None, data: Path) -> dict[str, tuple[Any, str]]:
    file = Path(named) if named else data / "callsift.toml"
    if not named and not file.is_file():
        return {}
    try:
        table = tomllib.loads(_read(file, CONFIG))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: not valid TOML: {error}") from error
    for name in table:
        _known(name, str(file))
    return {name: (tuple(value) if isinstance(value, list) else value, str(file)) for name, value in table.items()}


def _read(file: Path, key: str) -> str:
    try:
        return file.read_text().strip()
    except OSError as error:
        raise SettingsError(f"{key} names {file}, which cannot be read: {error.strerror}.") from error


def _known(name: str, where: str) -> None:
    if name in Settings.model_fields:
        return
    close = difflib.get_close_matches(name, Settings.model_fields, n=1)
    hint = f' Did you mean "{close[0]}"?' if close else " `callsift config show` lists all settings."
    raise SettingsError(f'{where}: there is no setting "{name}".{hint}')


@cache
def _is_secret(name: str) -> bool:
    return "SecretStr" in str(Settings.model_fields[name].annotation)
