"""What has to be so before a deed of the table makes sense."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.access.models import Role
from apps.access.services import assign_role, set_active
from apps.accounts.models import LoginEvent, User
from apps.accounts.services import archive_person, suspend_person
from apps.announcements.models import Announcement
from apps.assessments import services as assessments
from apps.assessments.models import Assessment, Attempt, Question
from apps.catalog import services as catalog
from apps.catalog.models import Category, Course, Lesson, Module, Resource
from apps.certificates import services as certificates
from apps.certificates.models import Certificate, CertificateNote, CertificateTemplate
from apps.enrollments import services as enrollments
from apps.enrollments.models import Enrollment, LessonProgress
from apps.instructors import services as instructors
from apps.instructors.models import InstructorProfile
from apps.reports.models import ReportSchedule
from apps.reports.services import pause_schedule
from apps.reviews.models import Review, Testimonial
from apps.reviews.services import approve_review, archive_review, feature_review
from apps.subscriptions import services as subscriptions
from apps.subscriptions.models import Subscription
from apps.subscriptions.states import SubscriptionStatus
from tests.apps.access.matrix.stage import Stage


def by(stage: Stage) -> Any:
    return stage.world.people["AD"]


def the(model: Any, key: str) -> Callable[[Stage], Any]:
    return lambda stage: model._base_manager.get(pk=stage.keys[key])


course, module, lesson = the(Course, "course"), the(Module, "module"), the(Lesson, "lesson")
resource, category = the(Resource, "resource"), the(Category, "empty_category")
review, subscription = the(Review, "review"), the(Subscription, "subscription")
assessment, question = the(Assessment, "assessment"), the(Question, "question")
enrollment, learner, role = the(Enrollment, "enrollment"), the(User, "user"), the(Role, "spare_role")


def without_learners(stage: Stage) -> None:
    LessonProgress._base_manager.filter(enrollment__course=stage.world.a).delete()
    Testimonial._base_manager.filter(review__course=stage.world.a).delete()
    Review._base_manager.filter(course=stage.world.a).delete()
    Announcement._base_manager.filter(course=stage.world.a).delete()
    Certificate._base_manager.filter(course=stage.world.a).delete()
    CertificateNote._base_manager.filter(course=stage.world.a).delete()
    Attempt._base_manager.filter(assessment__lesson__course=stage.world.a).delete()
    Enrollment._base_manager.filter(course=stage.world.a).delete()
    Course._base_manager.filter(pk=stage.world.a.pk).update(last_enrolled_at=None, enrolled_count=0)


def without_traces(stage: Stage) -> None:
    """A lesson nobody has opened, with nothing below it but what it asks."""
    without_learners(stage)
    Resource._base_manager.filter(lesson=stage.keys["lesson"]).delete()


def changed_again(model: Any, key: str, name: str) -> Callable[[Stage], None]:
    """Another version after the first one, so that there is something to set back."""

    def change(stage: Stage) -> None:
        row = model._base_manager.get(pk=stage.keys[key])
        stage.keys[f"first_{key}"] = row.history.latest("history_id").pk
        setattr(row, name, "Changed meanwhile")
        row.save()

    return change


def in_status(status: str) -> Callable[[Stage], object]:
    return lambda stage: Subscription.objects.filter(pk=stage.keys["subscription"]).update(status=status)


def locked(stage: Stage) -> None:
    for _ in range(10):
        LoginEvent.objects.create(user=learner(stage), email=learner(stage).email, outcome=LoginEvent.Outcome.FAILURE)


PREPARED: dict[str, Callable[[Stage], object]] = {
    "without_learners": without_learners,
    "without_traces": without_traces,
    "archived_course": lambda stage: catalog.archive_course(course(stage), by=by(stage)),
    "archived_module": lambda stage: catalog.archive_module(module(stage), by=by(stage)),
    "archived_lesson": lambda stage: catalog.archive_lesson(lesson(stage), by=by(stage)),
    "archived_resource": lambda stage: catalog.archive_resource(resource(stage), by=by(stage)),
    "archived_category": lambda stage: catalog.archive_category(category(stage), by=by(stage)),
    "archived_assessment": lambda stage: assessments.archive_assessment(assessment(stage), by=by(stage)),
    "archived_question": lambda stage: assessments.archive_question(question(stage), by=by(stage)),
    "published": lambda stage: catalog.publish_course(course(stage), by=by(stage)),
    "featured": lambda stage: catalog.feature_course(course(stage), by=by(stage)),
    "changed_course": changed_again(Course, "course", "subtitle"),
    "changed_module": changed_again(Module, "module", "title"),
    "changed_lesson": changed_again(Lesson, "lesson", "title"),
    "changed_resource": changed_again(Resource, "resource", "title"),
    "changed_assessment": changed_again(Assessment, "assessment", "title"),
    "changed_question": changed_again(Question, "question", "text"),
    "changed_category": changed_again(Category, "category", "name"),
    "suspended_enrollment": lambda stage: enrollments.suspend_enrollment(enrollment(stage), by=by(stage)),
    "dropped_enrollment": lambda stage: enrollments.drop_enrollment(enrollment(stage), by=by(stage)),
    "ending_enrollment": lambda stage: Enrollment.objects.filter(pk=stage.keys["enrollment"]).update(
        access_ends_at=timezone.now() + timedelta(days=1)
    ),
    "archived_enrollment": lambda stage: enrollments.archive_enrollment(enrollment(stage), by=by(stage)),
    "locked": locked,
    "suspended_person": lambda stage: suspend_person(learner(stage), by=by(stage), reason="Asked."),
    "archived_person": lambda stage: archive_person(learner(stage), by=by(stage)),
    "given_role": lambda stage: assign_role(
        User.objects.get(pk=stage.keys["colleague"]), Role.objects.get(pk=stage.keys["spare_role"]), by=by(stage)
    ),
    "approved_review": lambda stage: approve_review(review(stage), by=by(stage)),
    "shown_testimonial": lambda stage: (
        approve_review(review(stage), by=by(stage)),
        Testimonial.objects.update(quote=review(stage).text, is_active=True),
    ),
    "fitting_testimonial": lambda stage: (
        approve_review(review(stage), by=by(stage)),
        Testimonial.objects.update(quote=review(stage).text),
    ),
    "featured_review": lambda stage: feature_review(review(stage), by=by(stage)),
    "archived_review": lambda stage: archive_review(review(stage), by=by(stage)),
    "pending_subscription": in_status(SubscriptionStatus.PENDING),
    "cancelled_subscription": lambda stage: subscriptions.cancel_at_period_end(
        subscription(stage), by=by(stage), reason="Asked."
    ),
    "paused_subscription": lambda stage: subscriptions.pause_subscription(
        subscription(stage), by=by(stage), reason="Asked."
    ),
    "ended_subscription": lambda stage: subscriptions.end_subscription(
        subscription(stage), by=by(stage), reason="Asked."
    ),
    "without_certificate": lambda stage: Certificate._base_manager.filter(pk=stage.keys["certificate"]).delete(),
    "archived_template": lambda stage: certificates.archive_template(
        CertificateTemplate.objects.get(pk=stage.keys["spare_template"]), by=by(stage)
    ),
    "verified_instructor": lambda stage: instructors.verify_instructor(
        InstructorProfile.objects.get(pk=stage.keys["instructor"]), by=by(stage), reason="Seen."
    ),
    "paused_report": lambda stage: pause_schedule(ReportSchedule.objects.get(pk=stage.keys["schedule"]), by=by(stage)),
    "inactive_role": lambda stage: set_active(role(stage), is_active=False, by=by(stage)),
}
