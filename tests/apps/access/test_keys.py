"""What people type to name a record of each kind, in words; of every other kind it is the number."""

import pytest
from django.contrib import admin

from apps.access.explain.keys import key_in_words
from apps.records.policy import Policy
from tests.apps.access.test_reach import POLICIES

KEYS = {
    "access.Role": "group name",
    "access.RoleAssignment": "person e-mail address / group name",
    "account.EmailAddress": "email address",
    "accounts.Profile": "person e-mail address",
    "accounts.User": "e-mail address",
    "assessments.Answer": "course code / lesson code / question code / order",
    "assessments.Assessment": "course code / lesson code",
    "assessments.Attempt": "person e-mail address / course code / lesson code / attempt",
    "assessments.AttemptAnswer": "person e-mail address / course code / lesson code / attempt attempt / question code",
    "assessments.Question": "course code / lesson code / question code",
    "auth.Permission": "content type app label / codename",
    "catalog.Category": "category slug",
    "catalog.CategoryGroupGrant": "category slug / permission codename / group name",
    "catalog.CategoryUserGrant": "category slug / permission codename / person e-mail address",
    "catalog.Course": "course code",
    "catalog.CourseGroupGrant": "course code / permission codename / group name",
    "catalog.CourseInstructor": "course code / person e-mail address",
    "catalog.CourseUserGrant": "course code / permission codename / person e-mail address",
    "catalog.Lesson": "course code / lesson code",
    "catalog.Module": "course code / module code",
    "catalog.Resource": "course code / lesson code / resource code",
    "certificates.CertificateNote": "course code / person e-mail address",
    "certificates.CertificateTemplate": "certificate template name / version",
    "django_celery_beat.PeriodicTask": "Name",
    "enrollments.Enrollment": "person e-mail address / course code",
    "enrollments.LessonProgress": "person e-mail address / course code / lesson code",
    "imports.ImportCorrection": "import number / line / column",
    "imports.ImportRow": "import number / part / line",
    "instructors.InstructorProfile": "person e-mail address",
    "notifications.MailTemplate": "kind",
    "reports.Report": "person e-mail address / report name",
    "reviews.Review": "person e-mail address / course code",
    "reviews.ReviewRule": "review rule code",
    "reviews.Testimonial": "person e-mail address / course code",
    "subscriptions.Payment": "provider / reference",
    "subscriptions.Plan": "plan code",
    "subscriptions.Subscription": "person e-mail address",
}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.model._meta.label)
def test_each_kind_is_named_by_what_people_type_for_it(policy: Policy) -> None:
    meta = policy.model._meta

    assert key_in_words(policy.model) == KEYS.get(meta.label, f"{meta.verbose_name} number")


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.model._meta.label)
def test_each_policy_knows_what_a_screen_asks_about(policy: Policy) -> None:
    is_on_a_screen = policy.model in admin.site._registry

    assert not is_on_a_screen or {"view", "add", "change", "delete"} <= set(policy.verbs)
