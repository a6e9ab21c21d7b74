"""Settings: one source wins, wrong names and values are named with their source, secrets stay hidden."""

import pytest

from webapp.settings import SettingsError, describe, load


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(tmp_path):
    (tmp_path / "callsift.toml").write_text('port = 1\nzone = "Europe/Helsinki"\nlog_level = "ERROR"\n')
    environ = {"CALLSIFT_DATA": str(tmp_path), "CALLSIFT_PORT": "2", "CALLSIFT_LOG_LEVEL": "DEBUG"}
    settings = load(environ, log_level="WARNING")
    assert (settings.zone, settings.port, settings.log_level) == ("Europe/Helsinki", 2, "WARNING")


def test_a_file_may_hold_a_secret(tmp_path):
    (tmp_path / "kek").write_text("ab\n")
    settings = load({"CALLSIFT_KEK_FILE": str(tmp_path / "kek"), "CALLSIFT_DATA": str(tmp_path)})
    assert settings.secret("kek") == "ab"


def test_a_secret_nobody_made_is_asked_for(tmp_path):
    with pytest.raises(SettingsError, match=r"callsift init.*CALLSIFT_KEK_FILE"):
        load({"CALLSIFT_DATA": str(tmp_path)}).secret("kek")


@pytest.mark.parametrize(("environ", "message"), [
    ({"CALLSIFT_ZOME": "UTC"}, 'CALLSIFT_ZOME: there is no setting "zome". Did you mean "zone"'),
    ({"CALLSIFT_PORT": "eighty"}, "CALLSIFT_PORT: port = 'eighty'"),
    ({"CALLSIFT_SCHEDULE": "99 * * * *"}, "CALLSIFT_SCHEDULE: schedule = '99 * * * *'"),
    ({"CALLSIFT_ZONE": "Mars/Base"}, "CALLSIFT_ZONE: zone = 'Mars/Base'"),
    ({"CALLSIFT_KEK_FILE": "/nowhere/kek"}, "CALLSIFT_KEK_FILE names /nowhere/kek, which cannot be read"),
    ({"CALLSIFT_CONFIG": "/nowhere/callsift.toml"}, "CALLSIFT_CONFIG names /nowhere/callsift.toml"),
    ({"CALLSIFT_LEASE_SECONDS": "nan?"}, "CALLSIFT_LEASE_SECONDS"),
    ({"CALLSIFT_PORT": "65536"}, "CALLSIFT_PORT: port = '65536': Input should be less than or equal to 65535"),
    ({"CALLSIFT_BATCH_CALLS": "0"}, "CALLSIFT_BATCH_CALLS: batch_calls = '0': Input should be greater than or equal to 1"),
    ({"CALLSIFT_LEASE_SECONDS": "-5"}, "CALLSIFT_LEASE_SECONDS: lease_seconds = '-5'"),
])  # fmt: skip
def test_what_cannot_be_used_is_named_with_its_source(environ, message, tmp_path):
    with pytest.raises(SettingsError) as refused:
        load({"CALLSIFT_DATA": str(tmp_path)} | environ)
    assert message in str(refused.value)


def test_a_wrong_name_in_the_file_is_named_with_the_file(tmp_path):
    (tmp_path / "callsift.toml").write_text("prot = 1\n")
    with pytest.raises(SettingsError, match=r'callsift.toml: there is no setting "prot". Did you mean "port"'):
        load({"CALLSIFT_DATA": str(tmp_path)})


def test_a_secret_is_not_shown_even_when_it_is_wrong(tmp_path):
    (tmp_path / "callsift.toml").write_text("secret_key = 12345\n")
    with pytest.raises(SettingsError) as refused:
        load({"CALLSIFT_DATA": str(tmp_path)})
    assert "12345" not in str(refused.value)


def test_several_values_are_separated_by_commas(tmp_path):
    settings = load({"CALLSIFT_URL_HOSTS": "a.example, b.example,", "CALLSIFT_DATA": str(tmp_path)})
    assert settings.url_hosts == ("a.example", "b.example")


def test_servers_of_the_tests_are_no_settings(tmp_path):
    assert load({"CALLSIFT_TEST_POSTGRES": "x", "CALLSIFT_DATA": str(tmp_path), "OTHER": "y"}).database is None


def test_the_description_tells_values_and_sources_but_no_secret(tmp_path):
    (tmp_path / "callsift.toml").write_text("port = 1\n")
    environ = {"CALLSIFT_DATA": str(tmp_path), "CALLSIFT_KEK": "c0ffee", "CALLSIFT_URL_HOSTS": "a.example"}
    rows = {row.name: row for row in describe(environ, host="::1")}
    assert (rows["port"].value, rows["port"].source) == ("1", str(tmp_path / "callsift.toml"))
    assert (rows["kek"].value, rows["kek"].source) == ("(set, hidden)", "CALLSIFT_KEK")
    assert (rows["secret_key"].value, rows["secret_key"].source) == ("not set", "default")
    assert (rows["host"].value, rows["host"].source) == ("::1", "the command line")
    assert (rows["url_hosts"].value, rows["watch"].value) == ("a.example", "none")
    assert all(row.help for row in rows.values())


def test_the_bounds_themselves_are_taken(tmp_path):
    settings = load({"CALLSIFT_DATA": str(tmp_path), "CALLSIFT_PORT": "65535", "CALLSIFT_THREADS": "0"})
    assert (settings.port, settings.threads) == (65535, 0)


def test_a_secret_that_was_made_is_shown_as_set_with_its_file(tmp_path):
    made = tmp_path / "keys" / "kek"
    made.parent.mkdir()
    made.write_text("ab" * 32)
    [kek] = [one for one in describe({"CALLSIFT_DATA": str(tmp_path)}) if one.name == "kek"]
    assert (kek.value, kek.source) == ("(set, hidden)", str(made))
