"""A console of four plain screens on real models, as addresses of their own: what each of them inherits is tested."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.urls import include, path

from admin_theme.actions import ActionForm, console_action
from admin_theme.console import ConsoleAdmin, ConsoleInline, ReadOnlyAdmin
from apps.accounts.models import User
from apps.catalog.models import Category, Course, Lesson, Module
from apps.records.rules import RuleBroken
from backoffice import errors
from backoffice.site import ConsoleSite

FORBIDDEN_WORD = "gratis"


class CategoryChoice(ActionForm):
    category = forms.ModelChoiceField(Category.with_archived.all())


class ModuleInline(ConsoleInline):
    model = Module
    fields: ClassVar[Any] = ["title", "order"]


class CourseScreen(ConsoleAdmin[Course]):
    list_display = ("title", "code", "category", "price")
    list_filter = ("category", "level")
    search_fields = ("title", "code", "discount_price")
    date_hierarchy = "created_at"
    fields: ClassVar[Any] = ["title", "code", "slug", "category", "price", "description"]
    inlines: ClassVar[list[Any]] = [ModuleInline]
    actions = ("feature", "rename")
    actions_detail = ("feature", "rename", "move")
    actions_row = ("feature",)
    empty_title = "No courses yet"
    empty_text = "Import a catalog or add the first one."

    def save_model(self, request: HttpRequest, obj: Course, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if FORBIDDEN_WORD in obj.title:
            raise RuleBroken("A title may not say that a course is free. Set the price instead.")

    @console_action("Feature", done="featured")
    def feature(self, request: HttpRequest, course: Course, reason: str) -> str:  # noqa: ARG002
        if course.is_featured:
            raise RuleBroken("it is featured already.")
        course.is_featured = True
        course.save()
        return f"{course} is featured now."

    @console_action("Rename", ask_reason=True, confirm="Learners see the new name at once.")
    def rename(self, request: HttpRequest, course: Course, reason: str) -> None:  # noqa: ARG002
        course.title = reason
        course.save()

    @console_action("Move", form=CategoryChoice)
    def move(self, request: HttpRequest, course: Course, reason: str, *, data: dict[str, Any]) -> None:  # noqa: ARG002
        course.category = data["category"]
        course.save()


class CategoryScreen(ConsoleAdmin[Category]):
    search_fields = ("name",)


class ModuleScreen(ConsoleAdmin[Module]):
    fields: ClassVar[Any] = ["course", "title", "order"]
    autocomplete_fields = ("course",)
    list_display = ("title", "order")
    list_editable = ("order",)


class LessonScreen(ReadOnlyAdmin[Lesson]):
    search_fields = ("title",)


class UserScreen(ConsoleAdmin[User]):
    search_fields = ("email",)


site = ConsoleSite(name="admin")
site.register(Course, CourseScreen)
site.register(Category, CategoryScreen)
site.register(Module, ModuleScreen)
site.register(Lesson, LessonScreen)
site.register(User, UserScreen)

urlpatterns = [
    path("accounts/notifications/", include("apps.notifications.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", site.urls),
]
handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
