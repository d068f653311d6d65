"""The screens of categories, modules, lessons, resources and instructors."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.catalog.models import Category, Course, CourseInstructor, Lesson, Module, Resource
from tests.apps.catalog.screens import MOST_QUERIES, fill, page, said, text
from tests.recipes import catalog

ADMIN = "/admin/catalog/"
LISTS = ("category", "course", "courseinstructor", "module", "lesson", "resource")


@pytest.mark.parametrize("model", LISTS)
@pytest.mark.parametrize("number", [10, 1000])
def test_no_list_takes_more_queries_than_it_may(
    as_administrator: Client,
    course: Course,
    model: str,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    fill(course, number)
    for n in range(10):
        catalog.category.make(name=f"Branch {n}", parent=course.category)
    as_administrator.get("/admin/")

    with django_assert_max_num_queries(MOST_QUERIES):
        answer = as_administrator.get(f"{ADMIN}{model}/")

    assert answer.status_code == 200


@pytest.mark.parametrize("model", LISTS)
def test_an_empty_list_says_what_belongs_here(as_administrator: Client, db: None, model: str) -> None:
    shown = as_administrator.get(f"{ADMIN}{model}/")

    assert shown.context["cl"].model_admin.empty_text in text(shown)


@pytest.mark.parametrize("model", ["module", "lesson", "resource", "category"])
@pytest.mark.parametrize("tab", ["facts", "lessons", "resources", "courses", "history"])
def test_every_page_opens_within_its_queries(
    as_administrator: Client,
    lesson: Lesson,
    model: str,
    tab: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    fill(lesson.course, 1000)
    record = {
        "module": lesson.module,
        "lesson": lesson,
        "resource": catalog.resource.make(lesson=lesson),
        "category": lesson.course.category,
    }[model]
    as_administrator.get("/admin/")

    with django_assert_max_num_queries(MOST_QUERIES):
        answer = as_administrator.get(page(model, record, tab))

    assert answer.status_code == 200


class TestCategories:
    """The tree."""

    @pytest.mark.usefixtures("course")
    def test_the_list_is_the_tree_with_what_lies_in_each_branch(
        self, as_administrator: Client, category: Category
    ) -> None:
        top = catalog.category.make(name="Technology", slug="technology", sort_order=9)
        catalog.category.make(name="Arts", slug="arts", sort_order=1)
        category.parent = top
        category.save()

        rows = as_administrator.get(f"{ADMIN}category/").context["cl"].result_list

        assert [(row.name, row.depth, row.course_count) for row in rows] == [
            ("Arts", 0, 0),
            ("Technology", 0, 1),
            ("Programming", 1, 1),
        ]

    def test_a_category_is_offered_neither_itself_nor_what_lies_below(
        self, as_administrator: Client, category: Category
    ) -> None:
        catalog.category.make(name="Web servers", parent=category)
        catalog.category.make(name="Music")

        form = as_administrator.get(page("category", category)).context["adminform"].form

        assert [name for _key, name in form.fields["parent"].widget.choices] == ["At the top", "Music"]

    def test_a_cycle_is_refused_when_posted_anyway(self, as_administrator: Client, category: Category) -> None:
        below = catalog.category.make(parent=category)

        answer = as_administrator.post(
            page("category", category),
            {"name": "Programming", "slug": "programming", "parent": below.pk, "sort_order": 0, "is_active": "on"},
        )

        assert answer.status_code == 200
        assert Category.objects.get(pk=category.pk).parent is None

    @pytest.mark.usefixtures("course")
    def test_a_category_with_courses_is_not_archived_and_the_sentence_says_why(
        self, as_administrator: Client, category: Category
    ) -> None:
        answer = as_administrator.post(f"{ADMIN}category/{category.pk}/archive/", {"reason": "Empty."})

        assert "Programming holds 1 course. Move them to another category first." in said(answer)
        assert Category.objects.filter(pk=category.pk).exists()

    @pytest.mark.usefixtures("course")
    def test_a_manager_changes_the_tree_and_an_instructor_only_reads_it(
        self, as_manager: Client, as_instructor: Client, as_support: Client, category: Category
    ) -> None:
        facts = {"name": "Coding", "slug": "programming", "parent": "", "sort_order": 0, "is_active": "on"}

        assert as_instructor.get(page("category", category)).status_code == 200
        assert as_instructor.post(page("category", category), facts).status_code == 403
        assert as_support.get(f"{ADMIN}category/").status_code == 403
        assert as_manager.post(page("category", category), facts).status_code == 302
        assert Category.objects.get(pk=category.pk).name == "Coding"


class TestPieces:
    """Modules, lessons and resources."""

    def test_a_lesson_added_from_the_curriculum_comes_back_to_it_with_a_code_of_its_own(
        self, as_administrator: Client, lesson: Lesson
    ) -> None:
        course, module = lesson.course, lesson.module
        address = f"{ADMIN}lesson/add/?course={course.pk}&module={module.pk}"
        offered = as_administrator.get(address).context["adminform"].form.fields["module"].queryset

        answer = as_administrator.post(address, facts_of_lesson(module, title="Loops"))

        made = Lesson.objects.get(title="Loops")
        assert list(offered) == [module]
        assert answer.status_code == 302
        assert answer["Location"] == page("course", course, "curriculum")
        assert (made.course, made.code, made.order) == (course, "l2", 2)

    def test_a_module_of_another_course_is_not_accepted(
        self, as_instructor: Client, lesson: Lesson, other_course: Course
    ) -> None:
        foreign = catalog.module.make(course=other_course, title="Somewhere else entirely")

        answer = as_instructor.post(page("lesson", lesson), facts_of_lesson(foreign, title="Moved"))

        assert answer.status_code == 200
        assert "Select a valid choice" in text(answer)
        assert "Somewhere else entirely" not in text(answer)
        assert Lesson.objects.get(pk=lesson.pk).module == lesson.module

    def test_a_code_is_not_changed_once_it_is_there(self, as_administrator: Client, lesson: Lesson) -> None:
        as_administrator.post(page("lesson", lesson), facts_of_lesson(lesson.module, title="Renamed", code="l99"))

        lesson.refresh_from_db()
        assert (lesson.title, lesson.code) == ("Renamed", "l1")

    def test_an_address_that_is_not_public_is_refused(self, as_administrator: Client, lesson: Lesson) -> None:
        answer = as_administrator.post(
            page("lesson", lesson), facts_of_lesson(lesson.module, video_url="https://localhost/secret")
        )

        assert "The address must name a public host" in text(answer)

    def test_a_module_is_archived_from_its_page_with_its_lessons(
        self, as_administrator: Client, lesson: Lesson
    ) -> None:
        as_administrator.post(f"{ADMIN}module/{lesson.module.pk}/archive/", {"reason": "Outdated."})

        assert not Lesson.objects.exists()
        assert "Restore" in text(as_administrator.get(page("module", lesson.module)))

    def test_a_resource_belongs_to_a_lesson_of_the_course(self, as_administrator: Client, lesson: Lesson) -> None:
        catalog.lesson.make()
        address = f"{ADMIN}resource/add/?course={lesson.course.pk}&lesson={lesson.pk}"
        offered = as_administrator.get(address).context["adminform"].form.fields["lesson"].queryset

        answer = as_administrator.post(
            address,
            {"lesson": lesson.pk, "title": "Slides", "type": "link", "url": "https://example.org/s", "order": 0},
        )

        assert list(offered) == [lesson]
        assert answer.status_code == 302, answer.context["errors"]
        assert Resource.objects.get().code == "r1"

    @pytest.mark.parametrize("model", ["module", "lesson", "resource"])
    def test_pieces_of_other_courses_do_not_exist_for_an_instructor(
        self, signed_in: Callable[[User], Client], other_instructor: User, lesson: Lesson, model: str
    ) -> None:
        record: Any = {"module": lesson.module, "lesson": lesson, "resource": catalog.resource.make(lesson=lesson)}[
            model
        ]
        client = signed_in(other_instructor)

        assert client.get(page(model, record)).status_code == 404
        assert client.post(f"{ADMIN}{model}/{record.pk}/archive/", {"reason": "Mine."}).status_code == 404
        assert type(record)._base_manager.filter(pk=record.pk, archived_at=None).exists()

    @pytest.mark.usefixtures("lesson")
    def test_support_does_not_see_lessons(self, as_support: Client) -> None:
        assert as_support.get(f"{ADMIN}lesson/").status_code == 403

    def test_a_right_to_look_at_the_course_shows_the_lesson_without_a_way_to_save(
        self, signed_in: Callable[[User], Client], co_instructor_with: Callable[[str], User], lesson: Lesson
    ) -> None:
        client = signed_in(co_instructor_with("view_course"))

        shown = client.get(page("lesson", lesson))

        assert shown.status_code == 200
        assert 'name="_save"' not in text(shown)
        assert client.post(page("lesson", lesson), facts_of_lesson(lesson.module)).status_code == 403

    def test_a_module_added_to_a_course_needs_the_right_to_edit_it(
        self, as_instructor: Client, course: Course, other_course: Course
    ) -> None:
        facts = {"title": "A new module", "order": 0, "code": "", "is_published": "on"}

        own = as_instructor.post(f"{ADMIN}module/add/?course={course.pk}", {**facts, "course": course.pk})
        foreign = as_instructor.post(f"{ADMIN}module/add/", {**facts, "course": other_course.pk})

        assert own["Location"] == page("course", course, "curriculum")
        assert foreign.status_code == 200
        assert not Module.objects.filter(course=other_course).exists()


def facts_of_lesson(module: Module, **changed: object) -> dict[str, object]:
    """What the form of a lesson would send."""
    facts = {"module": module.pk, "title": "What a variable is", "code": "", "type": "video", "activity_type": "video"}
    return {**facts, "access_level": "registered", "order": 0, "video_url": "", **changed}


class TestInstructors:
    """Adding people to a course."""

    def test_somebody_is_added_from_the_tab_and_holds_what_is_ticked(
        self, as_administrator: Client, other_course: Course, other_instructor: User
    ) -> None:
        address = f"{ADMIN}courseinstructor/add/?course={other_course.pk}"
        facts = {
            "course": other_course.pk,
            "user": other_instructor.pk,
            "role": "co_instructor",
            "is_active": "on",
            "can_edit_content": "on",
            "revenue_share_percent": "50",
        }

        answer = as_administrator.post(address, facts)

        row = CourseInstructor.objects.get(course=other_course)
        assert answer["Location"] == page("course", other_course, "instructors")
        assert (row.user, row.is_lead) == (other_instructor, True)
        assert other_course.user_grants.filter(user=other_instructor, permission__codename="edit_content").exists()

    def test_a_student_cannot_be_chosen(self, as_administrator: Client, other_course: Course, student: User) -> None:
        facts = {"course": other_course.pk, "user": student.pk, "role": "assistant", "revenue_share_percent": "0"}

        answer = as_administrator.post(f"{ADMIN}courseinstructor/add/?course={other_course.pk}", facts)

        assert answer.status_code == 200
        assert not other_course.instructors.exists()

    def test_a_co_instructor_chooses_nobody(
        self, signed_in: Callable[[User], Client], co_instructor_with: Callable[[str], User], course: Course
    ) -> None:
        client = signed_in(co_instructor_with("edit_content"))

        assert client.get(f"{ADMIN}courseinstructor/add/?course={course.pk}").status_code == 403
        assert "Add an instructor" not in text(client.get(page("course", course, "instructors")))
