"""What is searched: for each model the fields words are found in, its own or those of the record it belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model


@dataclass(frozen=True)
class Kind:
    """A model that is searched, and the field that is the second line of a hit.

    `fields` are its own. `of` names a relation whose kind is searched as well: an enrollment is found by its learner.
    """

    model: str
    icon: str
    fields: tuple[str, ...] = ()
    of: str = ""
    about: str = ""

    @property
    def model_class(self) -> type[Model]:
        return apps.get_model(self.model)


KINDS = (
    Kind("catalog.course", "school", ("title", "code"), about="code"),
    Kind("accounts.user", "person", ("email", "username", "first_name", "last_name"), about="email"),
    Kind("catalog.lesson", "play_lesson", ("title",), about="course"),
    Kind("assessments.assessment", "quiz", ("title",)),
    Kind("certificates.certificate", "workspace_premium", ("number", "number_key", "learner_name"), about="number"),
    Kind("subscriptions.payment", "payments", ("reference",), about="reference"),
    Kind("subscriptions.subscription", "card_membership", of="user", about="plan"),
    Kind("enrollments.enrollment", "how_to_reg", of="user", about="course"),
    Kind("instructors.instructorprofile", "co_present", ("display_name",), of="user", about="title"),
    Kind("reviews.review", "reviews", ("title",), of="user", about="course"),
    Kind("announcements.announcement", "campaign", ("title",), about="course"),
    Kind("reports.report", "table_chart", ("name", "description")),
    Kind("imports.importjob", "upload_file", ("original_name",)),
    Kind("jobs.jobrun", "pending_actions", ("title",)),
)


def kind_of(model: type[Model]) -> Kind:
    return next(kind for kind in KINDS if kind.model == model._meta.label_lower)


def indexed() -> Iterator[tuple[type[Model], tuple[str, ...]]]:
    """The models with fields of their own: each has a text index of them."""
    for kind in KINDS:
        if kind.fields:
            yield kind.model_class, kind.fields
