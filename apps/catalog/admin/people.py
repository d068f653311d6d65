"""The tab "People" of a course and of a category: who has which right there, and giving, changing and ending rights."""

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.displays import badge
from admin_theme.gate import masked_here, may_here
from admin_theme.tabs import Tab
from apps.access.models import Role
from apps.accounts.models import User
from apps.catalog.admin.panels import page_number
from apps.catalog.admin.people_forms import GiveRightsForm, HeldRightsForm, RightsEndForm
from apps.catalog.admin.people_lines import Line, ended_rights, lines_here
from apps.catalog.grants import change_grant_end, end_grant, grant_right, rights_to_give
from apps.catalog.models import Category, Course
from apps.catalog.rights import WORDS
from apps.records.policy import scope

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin as Base
else:
    Base = object

PEOPLE = "people"
ROWS = 25


def people_panel(request: HttpRequest, place: Course | Category) -> dict[str, Any]:
    """The people page by page, roles and administrators below the first page; or what has ended, when asked for."""
    if "ended" in request.GET:
        return {"shows_ended": True, "ended": ended_rights(place)}
    people, roles = lines_here(place, request.user)
    rows = Paginator(people, ROWS).get_page(page_number(request))
    sections = [("", list(rows.object_list)), ("By role", roles if rows.number == 1 else [])]
    lines = [line for _title, section in sections for line in section]
    own = rights_to_give(request.user, place)
    tell_who_they_are(request, lines)
    for line in lines:
        line.may_end = bool(line.by_hand & own.keys())
        line.may_change = line.may_end and line.holder != request.user and not place.is_archived
    return {
        "rows": rows,
        "sections": sections,
        "holds_below": isinstance(place, Category),
        "may_give": bool(own) and not place.is_archived,
        "dialogs": {name: address_of(place, name) for name in PeopleActions.people_actions},
    }


def tell_who_they_are(request: HttpRequest, lines: list[Line]) -> None:
    """Addresses and pages only for those who may see them; a name is for everybody who may grant here."""
    people = [line for line in lines if isinstance(line.holder, User)]
    names_only = "email" in masked_here(request, User)
    seen = scope(request.user, "view", User).filter(pk__in=[line.holder.pk for line in people])
    pages = frozenset() if names_only else frozenset(seen.values_list("pk", flat=True))
    for line in people:
        line.detail = "" if names_only else line.detail
        line.note = badge("You", "info") if line.holder == request.user else line.note
        line.address = reverse("admin:accounts_user_change", args=[line.holder.pk]) if line.holder.pk in pages else ""
    for line in lines:
        if isinstance(line.holder, Role) and may_here(request, "view", Role):
            line.address = reverse("admin:access_role_change", args=[line.holder.pk])


def address_of(place: Course | Category, action: str) -> str:
    return reverse(f"admin:catalog_{place._meta.model_name}_{action}", args=[place.pk])


def people_tab(place: int) -> Tab:
    return Tab(
        key=PEOPLE,
        title="People",
        place=place,
        template="catalog/people_panel.html",
        context=people_panel,
        opens=lambda request, record: may_here(request, "grant", type(record), record),
    )


class PeopleActions(Base):
    """What is done on the tab; each is one service, asked once for each right."""

    people_actions = ("give_rights", "change_rights_end", "take_rights_back")

    def get_urls(self) -> list[URLPattern]:
        """They stand on the tab and not among the page's own buttons, so they are no `actions_detail`."""
        own = [
            path(
                f"<path:object_id>/{name.replace('_', '-')}/",
                self.admin_site.admin_view(getattr(self, name)),
                name=f"catalog_{self.opts.model_name}_{name}",
            )
            for name in self.people_actions
        ]
        return [*own, *super().get_urls()]

    @console_action(
        "Give rights",
        verb="grant",
        icon="person_add",
        variant=ActionVariant.PRIMARY,
        form=GiveRightsForm,
        confirm="They hold from the next click on, until their end or until somebody takes them back on this tab.",
    )
    def give_rights(self, request: HttpRequest, place: Any, reason: str, data: dict[str, Any]) -> str:
        for right in data["rights"]:
            grant_right(data["holder"], right, place, by=request.user, reason=reason, expires_at=data["expires_at"])
        return f"{data['holder']} has the right to {listed(data['rights'])} now."

    @console_action(
        "Change the end",
        verb="grant",
        form=RightsEndForm,
        confirm="This sets a new end for rights that were given here by hand.",
    )
    def change_rights_end(self, request: HttpRequest, place: Any, reason: str, data: dict[str, Any]) -> str:  # noqa: ARG002
        for grant in data["grants"]:
            change_grant_end(grant, data["expires_at"], by=request.user, reason=reason)
        return f"The right to {listed(data['rights'])} has its new end."

    @console_action(
        "Take rights back",
        verb="grant",
        form=HeldRightsForm,
        confirm="This takes rights that were given here by hand. They are gone at once, and can be given again.",
    )
    def take_rights_back(self, request: HttpRequest, place: Any, reason: str, data: dict[str, Any]) -> str:  # noqa: ARG002
        for grant in data["grants"]:
            end_grant(grant, by=request.user, reason=reason)
        return f"The right to {listed(data['rights'])} is taken back."


def listed(rights: list[str]) -> str:
    """ "view, export and import"."""
    *first, last = [WORDS[right] for right in rights]
    return f"{', '.join(first)} and {last}" if first else last
