"""The five roles every installation has, and the permissions they start with."""

from django.contrib.auth.models import Permission

from apps.access.models import Role
from apps.audit.recording import change_set, operation

VIEWED_BY_MANAGERS = (
    "accounts.user",
    "accounts.profile",
    "accounts.loginevent",
    "audit.changeset",
    "audit.accessevent",
    "catalog.category",
    "catalog.course",
    "catalog.courseinstructor",
    "catalog.module",
    "catalog.lesson",
    "catalog.resource",
    "assessments.assessment",
    "assessments.question",
    "assessments.answer",
    "assessments.attempt",
    "assessments.attemptanswer",
    "enrollments.enrollment",
    "enrollments.lessonprogress",
    "reviews.review",
    "reviews.reviewreport",
    "subscriptions.plan",
    "subscriptions.subscription",
    "subscriptions.scheduledchange",
    "subscriptions.payment",
    "subscriptions.refundrequest",
    "subscriptions.movement",
    "certificates.certificate",
    "certificates.certificatenote",
    "certificates.certificatetemplate",
    "instructors.instructorprofile",
    "reviews.reviewrule",
    "reviews.bulkdecision",
    "reviews.testimonial",
    "statistics.coursestats",
    "statistics.instructorstats",
    "statistics.learnerstats",
    "statistics.platformstats",
    "statistics.payout",
    "django_celery_beat.periodictask",
    "announcements.announcement",
    "notifications.mail",
)
EXPORTED_BY_MANAGERS = (
    "accounts.user",
    "catalog.category",
    "catalog.course",
    "catalog.courseinstructor",
    "catalog.module",
    "catalog.lesson",
    "catalog.resource",
    "assessments.assessment",
    "assessments.question",
    "assessments.answer",
    "enrollments.enrollment",
    "enrollments.lessonprogress",
    "reviews.review",
    "subscriptions.subscription",
    "subscriptions.payment",
    "certificates.certificate",
    "statistics.payout",
)


def names(verb: str, models: tuple[str, ...]) -> frozenset[str]:
    return frozenset("{0}.{2}_{1}".format(*model.split("."), verb) for model in models)


ADMINISTRATOR, MANAGER, MODERATOR, SUPPORT, INSTRUCTOR = (
    "administrator",
    "manager",
    "moderator",
    "support",
    "instructor",
)

DISPLAY: dict[str, tuple[str, int, str]] = {
    ADMINISTRATOR: ("Administrator", 100, "May do everything. It comes with the account's role and goes with it."),
    MANAGER: (
        "Manager",
        80,
        "Sees and exports the whole platform, keeps categories and subscriptions, runs instructors and schedules.",
    ),
    MODERATOR: ("Moderator", 60, "Decides on reviews; of people sees names only."),
    SUPPORT: ("Support", 40, "Helps learners: sees courses without money, enrollments and sign-ins; lifts locks."),
    INSTRUCTOR: ("Instructor", 20, "May start courses of their own; rights on other courses come course by course."),
}

PERMISSIONS: dict[str, frozenset[str]] = {
    ADMINISTRATOR: frozenset(),
    MANAGER: names("view", VIEWED_BY_MANAGERS)
    | names("export", EXPORTED_BY_MANAGERS)
    | {
        "catalog.add_category",
        "catalog.change_category",
        "catalog.delete_category",
        "catalog.set_price_course",
        "catalog.set_instructor_course",
        "certificates.revoke_certificate",
        "certificates.add_certificatenote",
        "certificates.change_certificatenote",
        "certificates.delete_certificatenote",
        "certificates.add_certificatetemplate",
        "certificates.change_certificatetemplate",
        "certificates.archive_certificatetemplate",
        "reviews.add_reviewrule",
        "reviews.change_reviewrule",
        "reviews.add_testimonial",
        "reviews.change_testimonial",
        "instructors.add_instructorprofile",
        "instructors.change_instructorprofile",
        "instructors.decide_instructorprofile",
        "instructors.suspend_instructorprofile",
        "instructors.verify_instructorprofile",
        "announcements.add_announcement",
        "announcements.change_announcement",
        "announcements.send_announcement",
        "jobs.run_job",
        "subscriptions.manage_subscription",
        "subscriptions.cancel_subscription",
        "subscriptions.refund_payment",
    },
    MODERATOR: frozenset(
        {
            "accounts.view_user",
            "catalog.view_category",
            "reviews.view_review",
            "reviews.view_reviewreport",
            "reviews.view_reviewrule",
            "reviews.view_testimonial",
            "reviews.decide_review",
            "reviews.export_review",
        }
    ),
    SUPPORT: frozenset(
        {
            "accounts.view_user",
            "accounts.view_profile",
            "accounts.view_loginevent",
            "accounts.unlock_user",
            "accounts.reset_password_user",
            "catalog.view_course",
            "enrollments.view_enrollment",
            "enrollments.view_lessonprogress",
            "assessments.view_attempt",
            "assessments.view_attemptanswer",
            "reviews.view_review",
            "reviews.view_reviewreport",
            "subscriptions.view_plan",
            "subscriptions.view_subscription",
            "subscriptions.view_scheduledchange",
            "subscriptions.view_payment",
            "certificates.view_certificate",
            "instructors.view_instructorprofile",
            "statistics.view_learnerstats",
        }
    ),
    INSTRUCTOR: frozenset({"catalog.add_course", "catalog.view_category"}),
}


def seed_roles() -> None:
    """Creates what is missing; a permission an administrator took out of a role is not put back."""
    known = {
        f"{app_label}.{codename}": pk
        for pk, app_label, codename in Permission.objects.values_list("pk", "content_type__app_label", "codename")
    }
    roles = {role.name: role for role in Role.objects.all()}
    with operation(channel="system"), change_set(title="Roles of a new installation"):
        for name, wanted in PERMISSIONS.items():
            seed_role(roles.get(name), name, wanted & known.keys(), known)


def seed_role(role: Role | None, name: str, wanted: frozenset[str], known: dict[str, int]) -> None:
    new = wanted - set(role.seeded_permissions if role else ())
    if role is not None and not new:
        return
    if role is None:
        display_name, priority, description = DISPLAY[name]
        role = Role(name=name, display_name=display_name, priority=priority, description=description)
    role.seeded_permissions = sorted({*role.seeded_permissions, *new})
    role.permission_codes = sorted({*role.permission_codes, *new})
    role.save()
    role.permissions.add(*(known[permission] for permission in new))
