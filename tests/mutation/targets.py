"""Which modules decide about rights, which tests are tried on them, and which changes nothing can notice."""

MODULES = (
    "apps/records/policy.py",
    "apps/catalog/rights.py",
    "apps/catalog/policy.py",
    "apps/catalog/grants.py",
    "apps/catalog/request_policy.py",
    "apps/catalog/standing.py",
    "apps/access/policy.py",
    "apps/access/backend.py",
    "apps/access/services.py",
    "apps/access/see_as.py",
    "apps/accounts/policy.py",
    "apps/accounts/services.py",
    "apps/accounts/sessions.py",
    "apps/announcements/policy.py",
    "apps/assessments/policy.py",
    "apps/certificates/policy.py",
    "apps/enrollments/policy.py",
    "apps/instructors/policy.py",
    "apps/notifications/policy.py",
    "apps/reports/policy.py",
    "apps/reviews/policy.py",
    "apps/statistics/policy.py",
    "apps/subscriptions/policy.py",
    "apps/reviews/queue.py",
    "apps/jobs/policy.py",
    "apps/audit/policy.py",
    "apps/audit/object_history.py",
    "imports/policy.py",
    "admin_theme/gate.py",
    "admin_theme/console/rights.py",
    "admin_theme/console/choices.py",
)

TESTS = (
    "tests/apps/access",
    "tests/apps/accounts",
    "tests/apps/announcements",
    "tests/apps/assessments",
    "tests/apps/audit",
    "tests/apps/catalog",
    "tests/apps/certificates",
    "tests/apps/enrollments",
    "tests/apps/instructors",
    "tests/apps/jobs",
    "tests/apps/notifications",
    "tests/apps/records",
    "tests/apps/reports",
    "tests/apps/reviews",
    "tests/apps/statistics",
    "tests/apps/subscriptions",
    "tests/admin_theme",
    "tests/imports/test_approval_screens.py",
    "tests/imports/test_approvals.py",
    "tests/imports/test_course_workbook_rights.py",
    "tests/imports/test_holds_of_rights.py",
    "tests/imports/test_wizard_rights.py",
)

TELLING = (
    "tests/apps/access/test_reach.py",
    "tests/apps/access/test_reasons.py",
    "tests/apps/access/test_keys.py",
    "tests/apps/access/test_masks.py",
    "tests/apps/access/test_new_records.py",
)
"""Where what each policy says is written down, so that most changes are noticed there first."""

RIGHTS, GRANTS, LEARNERS = "apps/catalog/rights.py", "apps/catalog/grants.py", "apps/enrollments/policy.py"

EQUIVALENT: dict[str, str] = {
    f"{RIGHTS}: rights_gained: without `pk__in=set(moves.values())` of "
    "`categories_granted(user, (right,)).filter(pk__in=set(moves.values()))`": "Other categories are read for nothing.",
    f"{RIGHTS}: rights_gained: without `pk__in=into` of "
    "`(held or courses_granted)(user, (right,)).filter(pk__in=into)`": "Other courses are read for nothing.",
    f"{GRANTS}: only_one_at_a_time: without `pk=on.pk` of "
    "`type(on)._base_manager.select_for_update().filter(pk=on.pk)`": "Two connections wait for another row.",
    f"{LEARNERS}: why_learner_is_seen: without `course__in=courses_granted(user, (STUDENTS,)).values('pk')` of "
    "`Enrollment.with_archived.filter(user=learner.pk, course__in=courses...`": "Nothing is granted on other courses.",
}
"""Changes that alter nothing a test with one connection could notice, by name, each with its reason."""
