"""The one regression of what proposes: logistic, with a penalty of its own for each column."""

from dataclasses import dataclass
from math import log

import numpy as np

from scripts.shared.statistics import Flags, Numbers


@dataclass(frozen=True)
class Regression:
    """A logistic regression: coefficients, their covariance, the log odds of a lead with 0s."""

    slopes: Numbers
    covariance: Numbers
    start: float

    def odds(self, columns: Numbers) -> Numbers:
        """The log odds of leads with these columns."""
        found: Numbers = columns @ self.slopes + self.start
        return found


def logistic(columns: Numbers, converted: Flags, ridge: Numbers) -> Regression:
    """Newton's method, steps halved where they overshoot; `ridge` is the penalty of each slope."""
    number = columns.shape[1]
    given = np.column_stack([columns, np.ones(len(columns))])
    penalty = np.append(ridge, 1e-3)
    rate = (converted.sum() + 0.5) / (len(converted) + 1)
    found = np.append(np.zeros(number), log(rate / (1 - rate)))
    sign = np.where(converted, -1.0, 1.0)

    def loss(of: Numbers) -> float:
        return float(np.logaddexp(0, sign * (given @ of)).sum() + penalty @ (of * of) / 2)

    now = loss(found)
    hessian = np.eye(number + 1)
    for _ in range(30):
        probability = 1 / (1 + np.exp(-np.clip(given @ found, -30, 30)))
        weight = probability * (1 - probability) + 1e-9
        hessian = (given * weight[:, np.newaxis]).T @ given + np.diag(penalty)
        step = np.linalg.solve(hessian, given.T @ (converted - probability) - penalty * found)
        size = 1.0
        while size > 1e-4 and loss(found + size * step) > now:
            size /= 2
        after = loss(found + size * step)
        if after > now:
            break
        found, before, now = found + size * step, now, after
        if before - now < 1e-7 * len(converted):
            break
    covariance = np.linalg.inv(hessian).astype(np.float64)
    return Regression(found[:-1], covariance, float(found[-1]))
