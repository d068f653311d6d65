"""Categories: the whole tree as a list, and a page with the courses of a branch."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.displays import badge, number, relative_time, two_lines
from admin_theme.gate import may_here
from admin_theme.tabs import Tab, TabbedAdmin, tab_address
from apps.catalog.admin.panels import ROWS, STATUS_TONES, history_tab, page_number
from apps.catalog.admin.people import PeopleActions, people_tab
from apps.catalog.forms import CategoryForm
from apps.catalog.models import Category, Course
from apps.catalog.queries import categories_below, category_tree
from apps.catalog.services import archive_category, delete_record, restore_category
from apps.records.policy import policy_for, scope

if TYPE_CHECKING:
    from django.forms import ModelForm


def courses_of_branch(request: HttpRequest, category: Category) -> Any:
    """The current courses in a category and below it that this person may see."""
    below = categories_below(category).order_by().values("pk")
    return scope(request.user, "view", Course).filter(archived_at=None, category__in=below)


def courses_panel(request: HttpRequest, category: Category) -> dict[str, Any]:
    courses = courses_of_branch(request, category).select_related("category").order_by("title", "pk")
    return {
        "rows": Paginator(courses, ROWS).get_page(page_number(request)),
        "tones": STATUS_TONES,
        "all_courses": f"{reverse('admin:catalog_course_changelist')}?category={category.pk}",
    }


courses_tab = Tab(
    key="courses",
    title="Courses",
    place=20,
    template="catalog/courses_panel.html",
    context=courses_panel,
    count=courses_of_branch,
)


@admin.register(Category)
class CategoryAdmin(PeopleActions, TabbedAdmin[Category]):
    form = CategoryForm
    verbs_asked = (*TabbedAdmin.verbs_asked, "grant")
    tabs = (
        Tab(key="facts", title="Facts", place=10, has_fields=True),
        courses_tab,
        people_tab(place=35),
        history_tab(),
    )
    list_display = ("category", "state", "courses", "featured", "updated")
    list_filter = ("is_active", "is_featured")
    list_filter_sheet = True
    list_per_page = 200
    search_fields = ("name", "slug")
    search_help_text = "Name or slug"
    sortable_by = ()
    empty_title = "No categories yet"
    empty_text = "Categories are the branches of the catalog. A course needs one before it can be published."
    empty_action = ("Add a category", "admin:catalog_category_add")
    fields = (("name", "slug"), "parent", "description", ("icon", "sort_order"), ("is_active", "is_featured"))
    actions_detail = ("restore", {"title": "More", "icon": "more_horiz", "items": ["archive"]})
    actions = ("archive", "restore")

    @admin.display(description="category")
    def category(self, category: Category) -> SafeString:
        depth = getattr(category, "depth", 0)
        name = two_lines(category.name, category.slug)
        return format_html('<span class="p-branch" style="--depth: {}">{}</span>', depth, name)

    @admin.display(description="state")
    def state(self, category: Category) -> SafeString:
        if category.is_archived:
            return badge("Archived")
        return badge("Active", "good") if category.is_active else badge("Hidden", "warn")

    @admin.display(description="courses")
    def courses(self, category: Category) -> SafeString:
        here, all_below = getattr(category, "direct_count", 0), getattr(category, "course_count", 0)
        return number(all_below) if here in (0, all_below) else two_lines(number(all_below), f"{here:,} directly")

    @admin.display(description="featured")
    def featured(self, category: Category) -> SafeString | str:
        return badge("Featured", "info") if category.is_featured else ""

    @admin.display(description="updated")
    def updated(self, category: Category) -> SafeString:
        return relative_time(category.updated_at)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Courses are counted for those who may see any."""
        columns = super().get_list_display(request)
        return columns if may_here(request, "view", Course) else [name for name in columns if name != "courses"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The rows of a page in the order of the tree, with what lies in each branch."""
        changelist = super().get_changelist_instance(request)
        tree = category_tree(changelist.queryset, scope(request.user, "view", Course))
        start = (changelist.page_num - 1) * self.list_per_page
        changelist.result_list = tree[start : start + self.list_per_page]
        return changelist

    def headline(self, request: HttpRequest, record: Category) -> dict[str, Any]:
        below = categories_below(record).filter(archived_at=None).count() - (0 if record.is_archived else 1)
        return {
            "badge": self.state(record),
            "line": " / ".join([*(one.name for one in line_above(record)), record.slug]),
            "figures": [
                ("Courses", number(courses_of_branch(request, record).count())),
                ("Categories below", number(below)),
            ],
        }

    def side_facts(self, request: HttpRequest, record: Category) -> list[tuple[str, SafeString | str]]:  # noqa: ARG002
        above = line_above(record)
        facts: list[tuple[str, SafeString | str]] = [("Created", relative_time(record.created_at))]
        if above:
            parent = above[-1]
            facts.insert(0, ("Below", format_html('<a href="{}">{}</a>', tab_address(parent), parent)))
        return facts

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if isinstance(obj, Category) and obj.is_archived:
            return False
        return super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: Any) -> None:
        if change:
            policy_for(Category).refuse_gain(request.user, obj)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        delete_record(obj, by=request.user)

    @console_action(
        "Archive",
        verb="archive",
        ask_reason=True,
        icon="archive",
        confirm="It can no longer be chosen. It must hold no courses and no categories. Restore brings it back.",
        done="archived",
        fits=lambda category: not category.is_archived,
    )
    def archive(self, request: HttpRequest, category: Category, reason: str) -> str:
        archive_category(category, by=request.user, reason=reason)
        return f"{category} is archived."

    @console_action(
        "Restore",
        verb="archive",
        icon="unarchive",
        variant=ActionVariant.PRIMARY,
        confirm="It can be chosen again.",
        done="restored",
        fits=lambda category: category.is_archived,
    )
    def restore(self, request: HttpRequest, category: Category, reason: str) -> str:
        restore_category(category, by=request.user, reason=reason)
        return f"{category} is back."


def line_above(category: Category) -> list[Category]:
    """The categories above this one, from the top, in one query."""
    ids = [int(part) for part in category.path.strip("/").split("/") if part and part != str(category.pk)]
    found = Category.with_archived.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]
