"""Nothing is forgotten: every model, field, job and message to a worker is somebody's decision, written down here."""

import pytest
from celery import current_app
from django.apps import apps
from django.contrib import admin

from apps.jobs.registry import JOBS
from imports.types import KINDS
from tests.apps.access.matrix.table import table

# Tables of libraries that nobody opens, and where what they hold is seen instead.
WITHOUT_A_SCREEN = {
    "account": "Addresses are changed on the page of the person.",
    "admin": "Django's log is not kept: the timeline is.",
    "auth": "Roles are shown in place of groups, and permissions as the boxes to tick on a role.",
    "contenttypes": "It names the models for the program itself.",
    "django_celery_beat": "The rhythm of a schedule is a part of the schedule's page.",
    "guardian": "Rights on a course are tables of our own; these stay empty.",
    "mfa": "Second factors are on the pages of one's own account.",
    "sessions": "They sign people in; where somebody is signed in is the screen of sessions.",
}

EVERYWHERE = {
    "id": "A key that means nothing outside.",
    "created_at": "The history tells it.",
    "updated_at": "The history tells it.",
    "archived_at": "Archived rows leave through the filter of the list.",
    "archived_by": "The history tells it.",
}
LEFT_OUT = {
    "users": {
        "password": "Never leaves.",
        "last_login": "Of the account, not of the person.",
        "is_superuser": "Follows from the role.",
        "is_staff": "Follows from the role.",
        "is_active": "Follows from the status.",
        "status": "Changed by actions only.",
        "username": "Nobody signs in by it.",
    },
    "categories": {"path": "Made of keys."},
    "courses": {
        "slug": "Made from the title.",
        "published_at": "Set by publishing.",
        "discount_ends_at": "Set on the page of the course.",
        "thumbnail": "A file.",
        "requirements": "A list of lines, edited on the page.",
        "skills": "A list of lines, edited on the page.",
        "learning_objectives": "A list of lines, edited on the page.",
        "target_audience": "A list of lines, edited on the page.",
        "tags": "A list of words, edited on the page.",
        "meta_keywords": "For search engines.",
        "meta_description": "For search engines.",
        "sort_order": "Set on the page of the course.",
        "version": "Set when a version is made.",
        "parent_version": "Set when a version is made.",
        "enrolled_count": "A figure.",
        "last_enrolled_at": "A figure.",
    },
    "course-instructors": {
        "is_active": "Set on the page of the course.",
        "is_lead": "Set on the page of the course.",
        "revenue_share_percent": "Money; set on the page of the course.",
        "joined_at": "The history tells it.",
    },
    "modules": {},
    "lessons": {"has_assessment": "A figure.", "has_lab": "A figure."},
    "resources": {
        "file": "A file.",
        "storage_key": "It names the kept file.",
        "is_uploaded": "Follows from the file.",
        "file_size_bytes": "Follows from the file.",
        "mime_type": "Follows from the file.",
        "download_count": "A figure.",
    },
    "assessments": {},
    "questions": {},
    "answers": {},
    "enrollments": {
        "source": "Set when it is made.",
        "last_accessed_at": "A figure.",
        "transferred_from": "Set when a learner is transferred.",
    },
    "progress": {},
    "subscriptions": {"anchor_day": "Follows from the period."},
    "payments": {
        "months": "Follows from the plan.",
        "recorded_by": "On the page of the entry.",
        "approved_by": "On the page of the entry.",
        "request_id": "For the audit.",
    },
    "certificates": {
        "course": "Follows from the enrollment.",
        "user": "Follows from the enrollment.",
        "template": "Follows from the language of the course.",
        "number_key": "Follows from the number.",
        "verification_hash": "Follows from the rest.",
        "replaces": "On the page of the certificate.",
        "revoked_at": "The history tells it.",
        "revoked_by": "The history tells it.",
    },
    "reviews": {
        "moderator": "The history tells it.",
        "flagged_to": "The history tells it.",
        "edited_at": "The history tells it.",
        "waits_since": "The queue of the desk.",
        "is_reported_anew": "The queue of the desk.",
        "claimed_by": "Who is reading it at this moment.",
        "claimed_until": "Who is reading it at this moment.",
        "text_digest": "Made of the text.",
    },
}

WHO_RUNS = {
    "announcements.deliver": "Whoever sent it, and as long as they may write to the learners of its course.",
    "announcements.send_due": "By itself.",
    "certificates.issue_chosen": "Whoever may issue certificates; of those of the list that are theirs when it runs.",
    "certificates.issue_due": "By itself, and by hand by managers and administrators.",
    "certificates.make_bundle": "Whoever may export certificates; its file is theirs alone.",
    "certificates.tidy_certificates": "By itself, and by hand by managers and administrators.",
    "enrollments.expire_enrollments": "By itself, and by hand by managers and administrators.",
    "enrollments.give_seats": "By itself, and by hand by managers and administrators.",
    "imports.apply": "Whoever uploaded the file, or an administrator, and as long as they may import its kind.",
    "imports.export": "Whoever may export the kind; its file is theirs alone.",
    "imports.export_workbook": "Whoever may export the kind; its file is theirs alone.",
    "imports.hand_over": "Administrators; its file is for the one who asked alone.",
    "imports.plan": "Whoever uploaded the file, or an administrator, and as long as they may import its kind.",
    "imports.take_back": "The program, after an apply that was not completed.",
    "imports.tidy": "By itself, and by hand by managers and administrators.",
    "imports.undo": "Whoever uploaded the file, or an administrator, and as long as they may import its kind.",
    "jobs.tidy_up": "By itself, and by hand by managers and administrators.",
    "notifications.mail_unread_notifications": "By itself.",
    "notifications.send_mails": "By itself.",
    "notifications.tidy_outbox": "By itself, and by hand by managers and administrators.",
    "statistics.check": "By itself, and by hand by managers and administrators.",
    "statistics.payouts": "By itself, and by hand by managers and administrators.",
    "statistics.prune": "By itself, and by hand by managers and administrators.",
    "statistics.cohorts": "By itself, and by hand by managers and administrators.",
    "statistics.refresh": "By itself, and by hand by managers, administrators and whoever sees the platform's figures.",
    "reports.deliver": "By itself, or when its owner or an administrator asks; each recipient under their own rights.",
    "reports.make": "Whoever may see the report; its file is theirs alone, with their own rows and columns.",
    "reports.run_due": "By itself.",
    "reports.tidy": "By itself, and by hand by managers and administrators.",
    "subscriptions.run_scheduled_changes": "By itself, and by hand by managers and administrators.",
    "reviews.decide_many": "Whoever asked for the bulk decision, and as long as they may decide on each review.",
    "reviews.mark_waiting": "Whoever changed a rule.",
    "reviews.tell_authors": "By itself.",
}
MESSAGES = {"apps.jobs.tasks.execute_run", "apps.jobs.tasks.run_scheduled"}


def test_every_model_has_a_screen_in_the_table_or_is_a_librarys_own() -> None:
    named = {line.address.removeprefix("/admin/").partition("/{")[0].partition("/?")[0].strip("/") for line in table()}
    screens = {f"{model._meta.app_label}/{model._meta.model_name}" for model in admin.site._registry}
    hidden = {model._meta.app_label for model in apps.get_models() if model not in admin.site._registry}
    libraries = {config.label for config in apps.get_app_configs() if not config.name.startswith(("apps.", "imports"))}

    assert screens - named == set()
    assert hidden & libraries - set(WITHOUT_A_SCREEN) - {"usersessions"} == set()


@pytest.mark.parametrize("key", sorted(KINDS))
def test_every_field_of_what_is_exported_is_a_column_or_left_out_for_a_reason(key: str) -> None:
    kind = KINDS[key]
    columns = {(column.path or column.name).split("__")[0] for column in kind.columns}
    fields = {field.name for field in kind.model._meta.concrete_fields if field.attname not in columns}

    assert fields - columns - set(EVERYWHERE) == set(LEFT_OUT[key])


def test_it_is_written_down_who_runs_each_job() -> None:
    assert {key for key in JOBS if not key.startswith("tests.")} == set(WHO_RUNS)


def test_jobs_that_are_offered_by_hand_take_nothing_and_run_by_themselves_too() -> None:
    by_hand = {key for key, job in JOBS.items() if job.by_hand and not key.startswith("tests.")}

    assert by_hand == {key for key, words in WHO_RUNS.items() if "by hand" in words}
    assert [key for key in by_hand if JOBS[key].every is None] == []


def test_a_worker_knows_no_message_but_ours() -> None:
    current_app.loader.import_default_modules()

    assert {name for name in current_app.tasks if not name.startswith("celery.")} == MESSAGES
