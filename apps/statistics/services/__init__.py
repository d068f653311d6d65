"""What is done to the figures: counting them anew, checking them, and keeping their series."""

from apps.statistics.services.arranging import arrange
from apps.statistics.services.checking import Drift, check_figures
from apps.statistics.services.cohorts import refresh_cohorts
from apps.statistics.services.payouts import refresh_payouts
from apps.statistics.services.platform import count_platform
from apps.statistics.services.pruning import prune_series
from apps.statistics.services.refreshing import (
    refresh_course,
    refresh_everything,
    refresh_instructor,
    refresh_touched,
)

__all__ = [
    "Drift",
    "arrange",
    "check_figures",
    "count_platform",
    "prune_series",
    "refresh_cohorts",
    "refresh_course",
    "refresh_everything",
    "refresh_instructor",
    "refresh_payouts",
    "refresh_touched",
]
