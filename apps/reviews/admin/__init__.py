"""The screen of reviews, and what it puts on the pages of courses and of people."""

from apps.accounts.panels import people_panels
from apps.catalog.tabs import course_tabs
from apps.reviews.admin.inline import ReviewInline
from apps.reviews.admin.review import ReviewAdmin
from apps.reviews.panels import reviews_tab

__all__ = ["ReviewAdmin"]

course_tabs.append(reviews_tab)
people_panels.append(ReviewInline)
