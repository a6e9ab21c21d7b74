"""Training of the ranker on submitted reviews: L2 logistic regression, calibrated on reviews it was not trained on.

The interest score is hardly penalised, all else is: with few or noisy reviews the model says what the weights of scoring say,
and departs from them as far as the reviews carry it. The penalty is the strongest whose cross-validated log-loss is within
one standard error of the best. Platt scaling on the out-of-fold scores makes chances of them; the figures told are those of
the out-of-fold predictions too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.quality.features import INTEREST, groups
from pipeline.quality.ranker import LEAST, STEEP, BadRanker, Ranker, Weight

PENALTIES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # scikit-learn's C: the smaller, the stronger
TRUSTED = 30.0  # how much lighter the interest score is penalised
FOLDS = 5
WORSE = 0.01  # of AUC that a ranker may lose against the weights: less than reviews can tell
RARE = 3  # calls with a feature, below which it is left out
LEAST_OF_EACH = 10  # flagged and unflagged reviews, below which nothing can be learnt


def train(known: Sequence[Mapping[str, float]], flagged: Sequence[bool], moments: Sequence[datetime]) -> Ranker:
    """A ranker from the features of reviewed calls and what was decided; raises BadRanker when there is too little."""
    hits = sum(flagged)
    if len(known) < LEAST:
        raise BadRanker(f"{len(known)} of {LEAST} reviews are there: until then the weights of scoring rank.")
    if min(hits, len(known) - hits) < LEAST_OF_EACH:
        raise BadRanker(
            f"{hits} of {len(known)} reviews flag their call: at least {LEAST_OF_EACH} must and as many must not."
        )
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    names, table, mean, scale = _table([groups(one) for one in known])
    wanted = np.array(flagged, dtype=int)
    penalty, scores = _chosen(table, wanted)
    model = LogisticRegression(C=penalty, max_iter=1000).fit(table, wanted)
    platt = LogisticRegression(C=1e6).fit(scores.reshape(-1, 1), wanted)
    slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    _refuse_worse(scores, [one.get(INTEREST, 0.0) for one in known], wanted, slope)
    weights = tuple(
        Weight(name, round(float(m), 6), round(float(s), 6), round(float(w), 6))
        for name, m, s, w in zip(names, mean, scale, _plain(model.coef_[0], names), strict=True)
        if abs(w) > 1e-4
    )
    told = _figures(1 / (1 + np.exp(-(slope * scores + shift))), wanted)
    trained = {"reviews": len(known), "flagged": int(hits), "from": min(moments).isoformat(),
               "to": max(moments).isoformat(), "penalty": penalty, **told}  # fmt: skip
    return Ranker(
        tuple(sorted(weights, key=lambda w: -abs(w.weight))), float(model.intercept_[0]), slope, shift, trained
    )


def _refuse_worse(scores: Any, interest: Sequence[float], wanted: Any, slope: float) -> None:
    """Few or contradictory reviews can teach an order that is worse than that of the weights; such a model never ranks."""
    from sklearn.metrics import roc_auc_score

    found, weights = float(roc_auc_score(wanted, scores)), float(roc_auc_score(wanted, interest))
    if slope <= 0 or found < max(0.5, weights - WORSE):
        raise BadRanker(
            f"What {len(wanted)} reviews teach orders reviews it has not seen no better (AUC {found:.2f}) than the weights of "
            f"scoring do ({weights:.2f}): those go on ranking. Train again with more reviews."
        )


def _table(known: Sequence[Mapping[str, float]]) -> tuple[list[str], Any, Any, Any]:
    """Names, standardised values ``[calls, features]``, means and scales; features that hardly ever occur are left out."""
    import numpy as np

    every = sorted({name for one in known for name in one})
    raw = np.array([[one.get(name, 0.0) for name in every] for one in known])
    kept = ((raw != 0).sum(axis=0) >= RARE) & (raw.std(axis=0) > 1e-9)
    raw, names = raw[:, kept], [name for name, keep in zip(every, kept, strict=True) if keep]
    mean, scale = raw.mean(axis=0).round(6), np.maximum(raw.std(axis=0), 1e-3).round(6)
    lighter = np.array([TRUSTED if name == INTEREST else 1.0 for name in names])
    return names, np.clip((raw - mean) / scale, -STEEP, STEEP) * lighter, mean, scale


def _plain(weights: Any, names: Sequence[str]) -> list[float]:
    """Weights for standardised features: the lighter penalty was a longer feature."""
    return [float(w) * (TRUSTED if name == INTEREST else 1.0) for w, name in zip(weights, names, strict=True)]


def _chosen(table: Any, wanted: Any) -> tuple[float, Any]:
    """The penalty, and the scores of each call by models that did not see it."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    tried = []
    for penalty in PENALTIES:
        scores = _unseen(LogisticRegression(C=penalty, max_iter=1000), table, wanted)
        losses = np.logaddexp(0, np.where(wanted == 1, -scores, scores))
        tried.append((penalty, scores, losses))
    best = min(tried, key=lambda one: float(one[2].mean()))[2]
    for penalty, scores, losses in tried:
        worse = losses - best  # call by call: the same calls are hard for all of them
        if worse.mean() <= worse.std() / np.sqrt(len(wanted)):
            return penalty, scores
    raise AssertionError("the best is never worse than itself")


def _unseen(model: Any, table: Any, wanted: Any) -> Any:
    """The score of each call from a model that was trained on the other folds."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    return cross_val_predict(model, table, wanted, cv=folds, method="decision_function")


def _figures(chances: Any, wanted: Any) -> dict[str, float]:
    import numpy as np
    from sklearn.metrics import brier_score_loss, roc_auc_score

    order = np.argsort(chances)
    gaps = [abs(chances[part].mean() - wanted[part].mean()) for part in np.array_split(order, 10)]
    return {
        "auc": round(float(roc_auc_score(wanted, chances)), 3),
        "brier": round(float(brier_score_loss(wanted, chances)), 4),
        "error": round(float(np.mean(gaps)), 4),
    }
