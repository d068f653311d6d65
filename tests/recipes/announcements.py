"""What the learners of a course are told."""

from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from apps.announcements.models import Announcement
from tests.recipes.catalog import course

announcement = Recipe(
    Announcement,
    course=foreign_key(course),
    title=seq("News, part "),
    text="The live session moves to Friday.",
    sent_by=None,
    run=None,
)
