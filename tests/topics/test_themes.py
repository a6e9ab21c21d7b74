"""Themes that nobody named: found by meaning, compared with the days before."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from pipeline.meaning import open_meaning
from pipeline.topics.themes import Told, _with_left, themes

SINCE = datetime(2026, 11, 9, tzinfo=UTC)
BILLS = ["my bill is too high this month", "the bill i got is far too high", "why is my bill so high", "this bill is much higher",
         "the amount on my bill is too high", "my monthly bill went up so much"]  # fmt: skip
STORM = ["the storm took down our power line", "no power since the storm", "the storm cut our electricity", "power is out after storm",
         "we have no electricity because of the storm"]  # fmt: skip
LOGIN = ["i forgot my password and cannot log in", "my password does not work", "i cannot log in with my password",
         "the log in page does not take my password", "please reset my password so i can log in"]  # fmt: skip


def told(texts, days, name):
    return [Told(f"{name}{n}", SINCE + timedelta(days=days), text) for n, text in enumerate(texts)]


@pytest.fixture(scope="module")
def found():
    calls = [
        *told(BILLS, -5, "old-bill"), *told(BILLS, 1, "bill"),
        *told(LOGIN[:1], -3, "old-login"), *told(LOGIN, 1, "login"), *told(LOGIN, 2, "login-again"),
        *told(STORM, 2, "storm"), *told(["what time do you open on sundays"], -1, "other"),
    ]  # fmt: skip
    return {next(word for word in ("bill", "storm", "password") if word in " ".join([t.name, t.quote])): t
            for t in themes(calls, SINCE, open_meaning())}  # fmt: skip


def test_what_nobody_called_about_before_is_new_and_named_by_its_words(found):
    assert found["storm"].new
    assert (found["storm"].before, found["storm"].now) == (0, 5)
    assert {"power", "storm", "electricity"} & set(found["storm"].name.replace(",", "").split())


def test_what_more_people_call_about_than_chance_allows_is_growing(found):
    assert found["password"].growing
    assert found["password"].now > found["password"].before > 0


def test_what_stayed_as_it_was_is_neither(found):
    assert not found["bill"].new
    assert not found["bill"].growing


def test_a_few_calls_have_no_themes():
    assert themes(told(BILLS, 1, "bill"), SINCE, open_meaning()) == []


def test_a_call_left_alone_counts_to_the_theme_it_is_like_and_to_none_otherwise():
    alike = np.full((6, 6), 0.1)
    alike[:4, :4] = 0.6
    alike[4, :4] = alike[:4, 4] = 0.46  # 5 is like nothing
    assert _with_left([[0, 1, 2, 3]], alike) == [[0, 1, 2, 3, 4]]
    assert _with_left([], alike) == []
