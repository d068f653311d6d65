"""The platform lists are measured on: a million enrollments, and people who may see all, much or little of it."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection, models, transaction
from guardian.models import UserObjectPermission

from apps.accounts.models import User
from apps.catalog.models import Category, CategoryUserGrant, Course, CourseUserGrant, Lesson, Module
from apps.enrollments.models import Enrollment
from apps.reviews.models import Review

CATEGORIES = 100
SIZES = {"courses": 20_000, "learners": 200_000, "enrollments": 1_000_000, "lessons": 200_000, "reviews": 300_000}
PEOPLE = ("administrator", "5,000 grants", "50 grants", "category", "5,000 oldest")
RIGHT = "view_course"


def seed(share: int = 1) -> None:
    """Fills the database; `share` divides the number of rows, for a look at whether it works at all."""
    sizes = {name: number // share for name, number in SIZES.items()}
    with transaction.atomic():
        fill(User, sizes["learners"], email="'sam.' || n || '@school' || (n % 97) || '.example.org'",
             first_name="'Sam'", last_name="'No ' || n")  # fmt: skip
        fill(Category, CATEGORIES, name="'Category ' || n", slug="'category-' || n",
             parent_id="CASE WHEN n > 10 THEN n % 10 + 1 END",
             path="CASE WHEN n > 10 THEN '/' || (n % 10 + 1) || '/' || n || '/' ELSE '/' || n || '/' END")  # fmt: skip
        fill(Course, sizes["courses"], code="'C-' || n", slug="'course-' || n", title="'Course number ' || n",
             category_id=f"n * 7 % {CATEGORIES} + 1", status="'published'")  # fmt: skip
        fill(Module, sizes["courses"], course_id="n", code="'m1'", title="'Module 1'", order="1")
        fill_by_course(sizes)
        for number, name in enumerate(PEOPLE, start=1):
            add_person(name, sizes, -number)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def fill_by_course(sizes: Mapping[str, int]) -> None:
    courses, learners = sizes["courses"], sizes["learners"]
    per_course = sizes["lessons"] // courses
    course = f"(n - 1) / {per_course} + 1"
    fill(Lesson, sizes["lessons"], course_id=course, module_id=course, code=f"'l' || ((n - 1) % {per_course})",
         title="'Lesson ' || n", content=f"'{'What one idea is about. ' * 20}'", duration_minutes="n % 90",
         type="CASE n % 3 WHEN 0 THEN 'video' WHEN 1 THEN 'reading' ELSE 'quiz' END",
         order=f"(n - 1) % {per_course}")  # fmt: skip
    fill(Enrollment, sizes["enrollments"], user_id=f"(n - 1) % {learners} + 1",
         course_id=f"((n - 1) % {learners} * 37 + (n - 1) / {learners} * 4001) % {courses} + 1",
         status="CASE WHEN n % 10 < 6 THEN 'active' WHEN n % 10 < 9 THEN 'completed' ELSE 'dropped' END",
         enrolled_at=moment(f"n * 1009 % {sizes['enrollments']}"))  # fmt: skip
    fill(Review, sizes["reviews"], user_id=f"(n - 1) % {learners} + 1", rating="n % 5 + 1", title="'Review ' || n",
         course_id=f"((n - 1) % {learners} * 37 + (n - 1) / {learners} * 4001) % {courses} + 1",
         text="'It explains every step, and the exercises are worth the time.'",
         state="CASE WHEN n % 10 < 8 THEN 'approved' ELSE 'pending' END",
         created_at=moment(f"n * 1009 % {sizes['reviews']}"))  # fmt: skip


def add_person(name: str, sizes: Mapping[str, int], key: int) -> None:
    """Somebody on the staff with the grants of their name, in our tables and in guardian's generic one."""
    email = email_of(name)
    if name == "administrator":
        User.objects.create_superuser(email, pk=key)
        return
    user = User.objects.create(pk=key, email=email, is_staff=True, role=User.Role.INSTRUCTOR)
    courses = Course.objects.order_by("pk")
    if name == "category":
        category = Category.objects.get(pk=1)
        permission = Permission.objects.get(codename=RIGHT, content_type__model="category")
        CategoryUserGrant.objects.create(user=user, permission=permission, content_object=category)
        granted = courses.filter(category__path__startswith=category.path)
    elif name == "5,000 grants":
        granted = courses.annotate(rest=models.F("pk") % 4).filter(rest=1)
    elif name == "50 grants":
        granted = courses.annotate(rest=models.F("pk") % (sizes["courses"] // 50)).filter(rest=1)
    else:
        granted = courses.filter(pk__lte=sizes["courses"] // 4)
    permission = Permission.objects.get(codename=RIGHT, content_type__model="course")
    if name != "category":
        rows = [CourseUserGrant(user=user, permission=permission, content_object_id=pk) for pk in keys(granted)]
        CourseUserGrant._base_manager.bulk_create(rows, batch_size=1000)
    generic = [
        UserObjectPermission(
            user=user, permission=permission, content_type_id=permission.content_type_id, object_pk=str(pk)
        )
        for pk in keys(granted)
    ]
    UserObjectPermission.objects.bulk_create(generic, batch_size=1000)


def keys(courses: "models.QuerySet[Course]") -> list[int]:
    return list(courses.values_list("pk", flat=True))


def email_of(name: str) -> str:
    return f"{name.replace(' ', '-').replace(',', '')}@example.org"


def fill(model: type[models.Model], number: int, /, **given: str) -> None:
    """Rows 1 to `number` in one statement; `given` says the columns as SQL of the row number n, defaults the others."""
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    values = [given.get(field.attname) or literal(field) for field in fields]
    table = model._meta.db_table
    columns = ", ".join(quote(str(field.column)) for field in fields)
    numbers = f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {number})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(table)} (id, {columns}) {numbers} SELECT n, {', '.join(values)} FROM numbers"
        )
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {number})")


def literal(field: "models.Field[Any, Any]") -> str:
    """The default of a field as SQL."""
    if field.null:
        return "NULL"
    if isinstance(field, models.DateTimeField):
        return moment("0")
    value = field.get_default()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(field, models.JSONField):
        return "'[]'"
    return str(value) if isinstance(value, int | float) else f"'{value}'"


def moment(minutes: str) -> str:
    """So many minutes after the platform opened, as SQL."""
    if connection.vendor == "postgresql":
        return f"timestamptz '2024-01-01 00:00:00+00' + ({minutes}) * interval '1 minute'"
    return f"datetime('2024-01-01', '+' || ({minutes}) || ' minutes')"
