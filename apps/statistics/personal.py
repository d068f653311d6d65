"""What of the figures is about a person: they hold numbers and no words, so that an erasure leaves nothing to blank."""

from apps.accounts.about import Personal, about_people
from apps.statistics.models import Arrangement, InstructorStats, LearnerStats, Payout, StatSnapshot

about_people(
    Personal(model=LearnerStats),
    Personal(model=InstructorStats),
    Personal(model=StatSnapshot, path="instructor"),
    Personal(model=Payout, path="instructor"),
    Personal(model=Arrangement, title="how they arranged their overview", goes=True),
)
