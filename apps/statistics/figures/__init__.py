"""Every figure there is: what it means in words, its unit, and how the database counts it. Nothing else defines one."""

from apps.statistics.figures.cohort import COHORT
from apps.statistics.figures.course import COURSE
from apps.statistics.figures.defining import Figure, Kind, Source, Trail
from apps.statistics.figures.instructor import INSTRUCTOR
from apps.statistics.figures.learner import LEARNER
from apps.statistics.figures.payout import PAYOUT
from apps.statistics.figures.platform import MONEY, PLATFORM

KINDS = {kind.key: kind for kind in (COURSE, INSTRUCTOR, LEARNER, PLATFORM, PAYOUT)}

__all__ = [
    "COHORT",
    "COURSE",
    "INSTRUCTOR",
    "KINDS",
    "LEARNER",
    "MONEY",
    "PAYOUT",
    "PLATFORM",
    "Figure",
    "Kind",
    "Source",
    "Trail",
]
