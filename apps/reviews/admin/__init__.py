"""The screen of reviews, and what it puts on the pages of courses and of people."""

from apps.accounts.panels import people_panels
from apps.catalog.tabs import course_tabs
from apps.reviews.admin.bulk import BulkDecisionAdmin
from apps.reviews.admin.inline import ReviewInline
from apps.reviews.admin.review import ReviewAdmin
from apps.reviews.admin.rules import ReviewRuleAdmin
from apps.reviews.admin.testimonial import TestimonialAdmin
from apps.reviews.panels import reviews_tab

__all__ = ["BulkDecisionAdmin", "ReviewAdmin", "ReviewRuleAdmin", "TestimonialAdmin"]

course_tabs.append(reviews_tab)
people_panels.append(ReviewInline)
