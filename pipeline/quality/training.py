"""Training of the ranker on submitted reviews: L2 logistic regression, calibrated on reviews it was not trained on.

The strength of the penalty is chosen by cross-validated log-loss. Platt scaling on the out-of-fold scores makes chances of
them; the figures told are those of the out-of-fold predictions too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.quality.features import groups
from pipeline.quality.ranker import LEAST, STEEP, BadRanker, Ranker, Weight

PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
FOLDS = 5
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
    from sklearn.metrics import log_loss

    names, table, mean, scale = _table([groups(one) for one in known])
    wanted = np.array(flagged, dtype=int)
    best, scores = None, None
    for penalty in PENALTIES:
        found = _unseen(LogisticRegression(C=penalty, max_iter=500), table, wanted)
        loss = log_loss(wanted, 1 / (1 + np.exp(-found)))
        if best is None or loss < best[0]:
            best, scores = (loss, penalty), found
    assert best is not None
    assert scores is not None
    model = LogisticRegression(C=best[1], max_iter=500).fit(table, wanted)
    platt = LogisticRegression(C=1e6).fit(scores.reshape(-1, 1), wanted)
    slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    weights = tuple(
        Weight(name, round(float(m), 6), round(float(s), 6), round(float(w), 6))
        for name, m, s, w in zip(names, mean, scale, model.coef_[0], strict=True)
        if abs(w) > 1e-4
    )
    told = _figures(1 / (1 + np.exp(-(slope * scores + shift))), wanted)
    trained = {"reviews": len(known), "flagged": int(hits), "from": min(moments).isoformat(),
               "to": max(moments).isoformat(), "penalty": best[1], **told}  # fmt: skip
    return Ranker(
        tuple(sorted(weights, key=lambda w: -abs(w.weight))), float(model.intercept_[0]), slope, shift, trained
    )


def _table(known: Sequence[Mapping[str, float]]) -> tuple[list[str], Any, Any, Any]:
    """Names, standardised values ``[calls, features]``, means and scales; features that hardly ever occur are left out."""
    import numpy as np

    every = sorted({name for one in known for name in one})
    raw = np.array([[one.get(name, 0.0) for name in every] for one in known])
    kept = ((raw != 0).sum(axis=0) >= RARE) & (raw.std(axis=0) > 1e-9)
    raw, names = raw[:, kept], [name for name, keep in zip(every, kept, strict=True) if keep]
    mean, scale = raw.mean(axis=0).round(6), np.maximum(raw.std(axis=0), 1e-3).round(6)
    return names, np.clip((raw - mean) / scale, -STEEP, STEEP), mean, scale


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
