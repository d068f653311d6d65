"""Every model has its screen, its line in the sidebar, its recipe and its policy; relations follow the app order."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db.models import Model

from apps.jobs.registry import JOBS
from apps.records.policy import has_policy
from backoffice.navigation import GROUPS
from imports.types import KINDS
from tests.recipes import RECIPES

# Models without a line in the sidebar, and where they are seen instead.
ELSEWHERE = {
    "access.RoleAssignment": "The roles of a person are on the person's page.",
    "accounts.Profile": "A tab of the person's page.",
    "audit.AppendOnlySwitch": "Nobody ever sees a row of it: it is gone within its transaction.",
    "assessments.Answer": "The answers are on the page of their assessment, below their question.",
    "assessments.AttemptAnswer": "The answers of a learner are on the page of their attempt.",
    "assessments.Question": "The questions are on the page of their assessment.",
    "catalog.CategoryGroupGrant": "The rights on a category are on its page.",
    "catalog.CategoryUserGrant": "The rights on a category are on its page.",
    "catalog.CourseGroupGrant": "The rights on a course are on its page.",
    "catalog.CourseInstructor": "A tab of the course's page.",
    "catalog.CourseUserGrant": "The rights on a course are on its page.",
    "certificates.FailedLookup": "It slows down who guesses numbers, for the program alone.",
    "imports.Feed": "Watched folders are looked after on the command line; their imports are in the list.",
    "imports.FeedRow": "Fingerprints of rows, for the program alone.",
    "imports.ImportApproval": "It is part of the discussion of its import.",
    "imports.ImportComment": "The discussion of an import is one of its pages.",
    "imports.ImportCorrection": "Corrected cells are marked in the plan of their import.",
    "imports.ImportMapping": "Mappings are offered, saved and taken on the mapping page of an import.",
    "imports.ImportRow": "The rows are the plan of their import.",
    "jobs.JobLogLine": "The lines are on the page of their run.",
    "notifications.DigestTime": "It is chosen on a page of one's own account, and shown on the person's page.",
    "notifications.NotificationPreference": "Chosen on a page of one's own account, and shown on the person's page.",
    "jobs.Pulse": "It answers the readiness question and the dashboard.",
    "statistics.Arrangement": "Everybody arranges their own overview on it.",
    "statistics.CohortStats": "A card of the overview.",
    "statistics.Freshness": "The moment is beside every figure.",
    "statistics.StatSnapshot": "The series are below the figures of their subject.",
    "subscriptions.Movement": "The figures by month are made of them.",
    "reviews.BulkRefusal": "What a bulk decision left alone is a tab of its page.",
    "reviews.ReviewDecision": "What was decided on a review is in its history, and on the desk.",
    "reviews.ReviewMark": "The marks of a review are on its page and on the desk.",
    "reviews.ReviewSkip": "What somebody left for later is offered to them again by the desk.",
    "reviews.ReviewReport": "The reports of a review are on its page.",
}
# Models that no person reads or writes through a policy.
WITHOUT_POLICY = {
    "audit.AppendOnlySwitch",
    "certificates.FailedLookup",
    "imports.Feed",
    "imports.FeedRow",
    "jobs.Pulse",
    "reviews.BulkRefusal",
    "reviews.ReviewDecision",
    "reviews.ReviewMark",
    "reviews.ReviewSkip",
    "statistics.Arrangement",
    "statistics.CohortStats",
    "statistics.Freshness",
    "statistics.StatSnapshot",
}
ORDER = (
    "records",
    "audit",
    "accounts",
    "access",
    "jobs",
    "notifications",
    "catalog",
    "assessments",
    "subscriptions",
    "instructors",
    "enrollments",
    "announcements",
    "reviews",
    "certificates",
    "statistics",
    "reports",
    "imports",
)
LINES = {line.model for _, lines in GROUPS for line in lines}
MODELS = [
    model
    for model in apps.get_models()
    if model.__module__.partition(".")[0] in ("apps", "imports") and not hasattr(model, "instance_type")
]


def label(model: type[Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_model_has_a_screen_and_a_line_in_the_sidebar_or_is_seen_elsewhere(model: type[Model]) -> None:
    if label(model) in ELSEWHERE:
        assert model._meta.label_lower not in LINES
    else:
        assert admin.site.is_registered(model)
        assert model._meta.label_lower in LINES


def test_every_line_of_the_sidebar_leads_to_a_screen() -> None:
    assert [line for line in sorted(LINES) if not admin.site.is_registered(apps.get_model(line))] == []


def test_no_two_lines_of_the_sidebar_have_the_same_key() -> None:
    keys = [line.key for _, lines in GROUPS for line in lines if line.key]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_model_has_a_recipe(model: type[Model]) -> None:
    assert model in RECIPES


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_model_has_a_policy(model: type[Model]) -> None:
    assert has_policy(model) != (label(model) in WITHOUT_POLICY)


def test_no_model_is_named_here_that_does_not_exist() -> None:
    assert {*ELSEWHERE, *WITHOUT_POLICY} <= {label(model) for model in MODELS}


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_relations_point_down_the_order_of_the_apps_or_at_a_person(model: type[Model]) -> None:
    for field in model._meta.get_fields():
        target = field.related_model
        if field.auto_created or not isinstance(target, type) or target._meta.label == settings.AUTH_USER_MODEL:
            continue
        if target._meta.app_label in ORDER:
            assert ORDER.index(target._meta.app_label) <= ORDER.index(model._meta.app_label), field


def test_every_installed_app_of_ours_has_its_place_in_the_order() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("apps.")}

    assert ours < set(ORDER)


@pytest.mark.parametrize("key", sorted(JOBS))
def test_a_job_has_a_title_staff_can_read(key: str) -> None:
    assert re.match(r"[A-Z][a-z]+ .*[^.]\Z", JOBS[key].title)


@pytest.mark.parametrize("key", sorted(KINDS))
def test_a_kind_is_called_like_its_file(key: str) -> None:
    assert re.match(r"[a-z]+(-[a-z]+)*\Z", key)
    assert (Path(settings.BASE_DIR) / "imports" / "types" / f"{key.replace('-', '_')}.py").is_file()
