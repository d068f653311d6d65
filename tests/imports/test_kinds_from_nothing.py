"""Every kind once: a platform set up from nothing by files, planned again without a change, and taken back."""

from typing import Any

import pytest
from django.db.models import Model

from apps.access.models import RoleAssignment
from apps.accounts.models import User
from apps.assessments.models import Answer, Assessment, Question
from apps.audit.models import HistoricalRow
from apps.catalog.models import Category, Course, CourseInstructor, CourseUserGrant, Lesson, Module, Resource
from apps.certificates.models import Certificate
from apps.enrollments.models import Enrollment, LessonProgress
from apps.reviews.models import Review
from imports import services
from tests.support.importing import applied, outcomes, planned

FILES = {
    "users": (
        "email,first_name,last_name,role,roles\n"
        "ada@example.org,Ada,Byron,instructor,instructor\n"
        "meg@example.org,Meg,Stone,staff,manager;support\n"
        "sam@example.org,Sam,Okafor,,\n"
    ),
    "categories": "slug,name,parent_slug\npython,Python,programming\nprogramming,Programming,\n",
    "courses": (
        "course_code,title,category,instructor_email,price,status\n"
        "PY-101,Python in practice,python,ada@example.org,49.00,published\n"
        "DB-201,SQL in depth,programming,,0,draft\n"
    ),
    "course-instructors": (
        "course_code,instructor_email,role,can_manage_students\n"
        "PY-101,meg@example.org,co_instructor,no\nDB-201,ada@example.org,primary,yes\n"
    ),
    "modules": "course_code,module_code,title,description\nPY-101,m1,First steps,Begin here\nPY-101,,Second steps,\n",
    "lessons": (
        "course_code,module_code,lesson_code,title,type,duration_minutes\n"
        "PY-101,m1,l1,Variables,video,12\nPY-101,,,Functions,reading,8\nDB-201,,,Tables,lab,\n"
    ),
    "resources": (
        "course_code,lesson_code,title,type,url\n"
        "PY-101,l1,Cheat sheet,link,https://example.org/sheet\nPY-101,l1,Notes,document,\n"
    ),
    "assessments": (
        "course_code,lesson_code,title,passing_score,quiz_type\nPY-101,l1,What you know,60,graded\n"
        "DB-201,l1,Tables and keys,,\n"
    ),
    "questions": (
        "course_code,lesson_code,question_code,text,type,points\n"
        "PY-101,l1,names,What is a name?,single choice,2\nPY-101,l1,,Name two loops.,essay,5\n"
        "DB-201,l1,,What belongs to what?,matching,\n"
    ),
    "answers": (
        "course_code,lesson_code,question_code,order,text,is_correct,match\n"
        "PY-101,l1,names,1,A label on a value,yes,\nPY-101,l1,names,2,A box,no,\n"
        "DB-201,l1,q1,,Row,,Record\nDB-201,l1,q1,,Column,,Field\n"
    ),
    "enrollments": (
        "student_email,course_code,status,enrolled_at,progress_percent\n"
        "sam@example.org,PY-101,active,2026-01-02 10:00,40\nsam@example.org,DB-201,completed,2025-01-02,\n"
    ),
    "progress": (
        "student_email,course_code,lesson_code,is_completed,seconds_spent\n"
        "sam@example.org,PY-101,l1,yes,540\nsam@example.org,PY-101,l2,no,30\n"
    ),
    "certificates": (
        "certificate_number,student_email,course_code,learner_name,issued_at\n"
        "CERT-2021-0042,sam@example.org,DB-201,Sam Lee,2025-02-01 10:00\n"
    ),
    "reviews": (
        "student_email,course_code,rating,title,text,state\n"
        "sam@example.org,PY-101,5,Good,I use it every day at work.,approved\n"
        "sam@example.org,DB-201,2,,The second half is missing.,\n"
    ),
}
WATCHED: tuple[type[Model], ...] = (
    User,
    User.groups.through,
    RoleAssignment,
    Category,
    Course,
    CourseInstructor,
    CourseUserGrant,
    Module,
    Lesson,
    Resource,
    Assessment,
    Question,
    Answer,
    Enrollment,
    LessonProgress,
    Certificate,
    Review,
)


def contents(administrator: User) -> dict[str, list[Any]]:
    """Every row of every table imports write to, but for moments of saving and counters kept elsewhere."""
    found: dict[str, list[Any]] = {}
    for model in WATCHED:
        assert not issubclass(model, HistoricalRow)
        names = [field.attname for field in model._meta.local_concrete_fields if field.name != "updated_at"]
        found[model._meta.label] = list(model._base_manager.order_by("pk").values_list(*names))
    return found


@pytest.mark.django_db
def test_files_set_up_a_platform_from_nothing_change_nothing_twice_and_leave_nothing_behind(
    administrator: User,
) -> None:
    states = [contents(administrator)]
    jobs = []
    for kind, text in FILES.items():
        job = applied(kind, text, administrator)
        assert job.status == "applied", (kind, job.status, list(job.rows.values_list("number", "messages")))
        jobs.append(job)
        states.append(contents(administrator))
    ada, meg, sam = (User.objects.get(email=f"{name}@example.org") for name in ("ada", "meg", "sam"))
    course = Course.objects.get(code="PY-101")

    assert Category.objects.get(slug="python").path.startswith(Category.objects.get(slug="programming").path)
    assert meg.is_staff
    assert sorted(meg.groups.values_list("name", flat=True)) == ["manager", "support"]
    assert not sam.is_staff
    assert not sam.has_usable_password()
    assert course.status == "published"
    assert course.published_at is not None
    assert CourseInstructor.objects.get(course=course, user=ada).is_lead
    assert CourseUserGrant.objects.filter(user=ada, content_object=course).count() == 8
    assert list(Module.objects.filter(course=course).values_list("code", "order")) == [("m1", 1), ("m2", 2)]
    assert Lesson.objects.get(course=course, title="Functions").module.code == "m2"
    assert Lesson.objects.get(course__code="DB-201").module.code == "m1"
    assert list(Question.objects.order_by("pk").values_list("code", "order", "type")) == [
        ("names", 1, "single_choice"),
        ("q1", 2, "essay"),
        ("q1", 1, "matching"),
    ]
    assert list(Answer.objects.filter(question__type="matching").values_list("order", "match")) == [
        (1, "Record"),
        (2, "Field"),
    ]
    assert Enrollment.objects.get(course__code="DB-201").progress_percent == 100
    assert course.enrolled_count == 1
    assert LessonProgress.objects.get(lesson__code="l1", enrollment__course=course).completed_at is not None

    for kind, text in FILES.items():
        again = planned(kind, text, administrator)
        assert set(outcomes(again)) == {"unchanged"}, (
            kind,
            list(again.rows.values_list("outcome", "changes", "messages")),
        )

    for job, before in zip(reversed(jobs), reversed(states[:-1]), strict=True):
        services.undo_now(job, by=administrator)
        assert job.status == "undone", (job.kind, list(job.rows.values_list("state", "messages")))
        assert contents(administrator) == before, job.kind
