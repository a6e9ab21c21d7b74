"""What a coefficient of agreement is said to tell: a colour only where it tells something."""

import pytest

from dashboards.agreeing import read
from dashboards.calibration import Figure

ONE_SIDED = "93 % of the answers are the same one: a low value may come from that alone."


def figure(value, low=-0.2, high=0.2, units=14, note=""):
    return Figure("Cohen's kappa", value, low, high, units, 0.8, "rewrite the question", note)


@pytest.mark.parametrize(
    ("value", "units", "note", "tone"),
    [(0.0, 9, "", ""), (0.0, 10, "", "fail"), (0.0, 10, ONE_SIDED, ""), (0.39, 10, "", "fail"), (0.4, 10, "", "unsure"),
     (0.6, 10, "", "pass"), (0.6, 10, ONE_SIDED, "pass"), (None, 10, "", "")],
)  # fmt: skip
def test_red_is_only_what_says_something_about_the_question(value, units, note, tone):
    assert read(figure(value, units=units, note=note)).tone == tone


@pytest.mark.parametrize(
    ("low", "high", "why"),
    [(-0.2, 0.2, "chance alone may agree as often"), (-0.3, -0.1, "less often than answers drawn by chance"),
     (0.1, 0.3, "beyond chance, but little")],
)  # fmt: skip
def test_a_red_figure_says_how_it_stands_to_chance(low, high, why):
    assert why in read(figure(0.0, low, high)).why


def test_a_one_sided_question_is_not_told_to_be_rewritten():
    said = read(figure(-0.08, -0.17, -0.02, note=ONE_SIDED))
    assert (said.says, said.why) == ("too one-sided to tell", ONE_SIDED)
