"""What somebody was refused: on which page, to do what, and the right on a course that would have opened it."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core import signing
from django.db.models import Model
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from admin_theme.gate import refusal_of
from apps.catalog.models import Course
from apps.catalog.policy import CoursePathPolicy
from apps.records.policy import has_policy, policy_for, scope

SALT = "apps.catalog.refusals"
TOKEN_SECONDS = 24 * 3600
LONGEST_PAGE, LONGEST_WISH = 500, 300

# What verbs are called where their own name is no phrase.
PHRASES = {
    "view": "see",
    "grant": "give rights on",
    "manage_students": "manage the learners of",
    "view_analytics": "see the figures of",
    "price": "set the price of",
    "instructor": "choose the instructors of",
}


@dataclass(frozen=True)
class Refused:
    """Everything that is known of one refusal. It names a course only when the person may see it.

    `place` is what something was to be added to. `right` is blank where no right on a course would help.
    """

    wish: str
    page: str
    verb: str = ""
    model: type[Model] | None = None
    record: Model | None = None
    place: Model | None = None
    course: Course | None = None
    right: str = ""

    def is_open_to(self, person: Any) -> bool:
        """Whether the answer would be yes by now."""
        return self.model is not None and policy_for(self.model).may(person, self.verb, self.record)

    def token(self, person: Any) -> str:
        """What the page of the refusal posts back, so that nobody asks for what they were never refused."""
        facts = [person.pk, self.page, self.verb, label(self.model), pk(self.record), label(self.place), pk(self.place)]
        return signing.dumps(facts, salt=SALT)


def refused_in(request: HttpRequest) -> Refused | None:
    """What this request was refused; nothing when it was about a record the person does not see."""
    last = refusal_of(request)
    if last is None or last.model is None or not has_policy(last.model):
        return Refused(f"open the page {request.path}"[:LONGEST_WISH], page_of(request, None))
    record = visible(request.user, last.model, last.key)
    if last.key is not None and record is None:
        return None
    place = None if record else named_in_address(request, last.model)
    return refused(page_of(request, record), last.verb, last.model, record, place)


def refused_before(token: str, person: Any) -> Refused | None:
    """The refusal behind a token; nothing when it is too old, somebody else's, or about something not seen any more."""
    try:
        whose, page, verb, model_label, key, place_label, place_key = signing.loads(
            token, salt=SALT, max_age=TOKEN_SECONDS
        )
    except (signing.BadSignature, ValueError):
        return None
    if whose != person.pk:
        return None
    if not model_label:
        return Refused(f"open the page {page.partition('?')[0]}"[:LONGEST_WISH], page)
    model = apps.get_model(model_label)
    record = visible(person, model, key)
    place = visible(person, apps.get_model(place_label), place_key) if place_label else None
    if (key is not None and record is None) or (place_label and place is None):
        return None
    return refused(page, verb, model, record, place)


def refused(page: str, verb: str, model: type[Model], record: Model | None, place: Model | None) -> Refused:
    course = course_of(record or place)
    right = right_that_opens(model, verb) if course else ""
    return Refused(wish_of(verb, model, record, place), page, verb, model, record, place, course, right)


def right_that_opens(model: type[Model], verb: str) -> str:
    """The right on a course that lets people do this verb to such records below it, or nothing."""
    the_policy = policy_for(model)
    if not isinstance(the_policy, CoursePathPolicy) or the_policy.is_for_primary(verb):
        return ""
    return next(iter(the_policy.rights_for.get(verb, ())), "")


def course_of(record: Model | None) -> Course | None:
    the_policy = policy_for(type(record)) if record is not None else None
    return the_policy.course_of(record) if isinstance(the_policy, CoursePathPolicy) and record is not None else None


def wish_of(verb: str, model: type[Model], record: Model | None, place: Model | None) -> str:
    """What they wanted to do, so that it follows "asks to"."""
    words, meta = PHRASES.get(verb, verb.replace("_", " ")), model._meta
    if record is not None:
        wish = f"{words} the {meta.verbose_name} “{record}”"
    elif place is not None:
        wish = f"{words} {meta.verbose_name_plural} to the {place._meta.verbose_name} “{place}”"
    else:
        wish = f"{words} {meta.verbose_name_plural}"
    return wish[:LONGEST_WISH]


def page_of(request: HttpRequest, record: Model | None) -> str:
    """The page to come back to: the one that was asked for, or that of the record when it was not asked for by GET."""
    if request.method == "GET":
        return request.get_full_path()[:LONGEST_PAGE]
    try:
        meta = record._meta if record is not None else None
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[pk(record)]) if meta else ""
    except NoReverseMatch:
        address = ""
    return (address or request.path)[:LONGEST_PAGE]


def named_in_address(request: HttpRequest, model: type[Model]) -> Model | None:
    """What a new record was to belong to: the address of an empty form says it, for example `?module=5`."""
    for field in model._meta.fields:
        target = field.related_model
        if field.name not in request.GET or not isinstance(target, type) or not has_policy(target):
            continue
        if isinstance(policy_for(target), CoursePathPolicy) and (
            record := visible(request.user, target, request.GET[field.name])
        ):
            return record
    return None


def visible(person: Any, model: type[Model], key: Any) -> Model | None:
    try:
        return scope(person, "view", model).filter(pk=key).first() if key is not None else None
    except (ValueError, OverflowError):
        return None


def label(of: type[Model] | Model | None) -> str:
    return of._meta.label_lower if of is not None else ""


def pk(record: Model | None) -> Any:
    return record.pk if record is not None else None
