"""The page of one person: what support is asked first, then a tab for everything kept about them."""

from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from admin_theme.console import ConsoleInline
from admin_theme.displays import Tone, badge, nearby, quiet, state_badge
from admin_theme.gate import gate, masked_here, may_here
from admin_theme.tabs import Tab, TabbedAdmin
from apps.access.memory import remembered
from apps.access.models import RoleAssignment
from apps.accounts.about import is_erased
from apps.accounts.admin.sessions import SessionColumns
from apps.accounts.admin.sign_ins import SignInColumns
from apps.accounts.models import LoginEvent, Profile, User
from apps.accounts.panels import Telling, people_panels, people_tabs, people_tellings, told_about
from apps.accounts.second_factors import all_factors_of
from apps.accounts.sign_ins import is_locked
from apps.accounts.timeline import timeline

ROLE_TONES: dict[str, Tone] = {User.Role.ADMINISTRATOR: "info"}
STATUS_TONES: dict[str, Tone] = {
    User.Status.ACTIVE: "good",
    User.Status.SUSPENDED: "bad",
    User.Status.PENDING: "warn",
}
PLACE_OF_PANELS = 40
ROWS, MOST_SESSIONS = 25, 25


def is_locked_now(person: User) -> bool:
    """Asked for once in a request, however many buttons want to know."""
    return remembered(("locked", person.pk), lambda: is_locked(person))


def factors_now(person: User) -> list[Authenticator]:
    """Asked for once in a request, however often the page shows them."""
    return remembered(("factors", person.pk), lambda: list(all_factors_of(person)))


def status_of(person: User) -> SafeString:
    if is_erased(person):
        return badge("Erased")
    return badge("Archived") if person.is_archived else state_badge(person, "status", STATUS_TONES)


class ProfileInline(ConsoleInline):
    """What the person says of themselves."""

    model = Profile
    template = "admin/edit_inline/stacked.html"
    verbose_name_plural = "Profile"
    ordering = ("pk",)
    hide_title = True
    extra = max_num = 1
    can_delete = False


class RolesInline(ConsoleInline):
    """The person's roles; the buttons above give and take them."""

    model = RoleAssignment
    fk_name = "user"
    verbose_name_plural = "Roles"
    fields = readonly_fields = ("role", "assigned_at", "assigned_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


def sign_ins_panel(request: HttpRequest, person: User) -> dict[str, Any]:
    """Every attempt this reader may see; where they are signed in now is for those who may see anybody's sessions."""
    events = gate.scope(request.user, "view", LoginEvent).filter(user=person).select_related("by")
    page: Any = Paginator(events.order_by("-occurred_at", "-pk"), ROWS).get_page(request.GET.get("page"))
    columns = SignInColumns()
    for event in page:
        event.badge, event.where = columns.outcome_badge(event), columns.where(event)
    shows_sessions = may_here(request, "end_sessions", User, person) or person.pk == request.user.pk
    sessions: list[Any] = []
    if shows_sessions:
        open_now = gate.scope(request.user, "view", UserSession).filter(user=person)
        sessions = list(open_now.order_by("-last_seen_at")[:MOST_SESSIONS])
    for session in sessions:
        session.where = SessionColumns().where(session)
    return {"rows": page, "shows_sessions": shows_sessions, "sessions": sessions}


def changes_panel(request: HttpRequest, person: User) -> dict[str, Any]:
    page, steps = timeline(person, request.user, request.GET.get("page"))
    return {"rows": page, "steps": steps}


ACCOUNT = "account"
account_tab = Tab(key=ACCOUNT, title="Account", place=70, has_fields=True, inlines=(RolesInline,))
profile_tab = Tab(
    key="profile",
    title="Profile",
    place=72,
    inlines=(ProfileInline,),
    opens=lambda request, person: may_here(request, "view", Profile),  # noqa: ARG005
)
sign_ins_tab = Tab(
    key="sign-ins",
    title="Sign-ins and sessions",
    place=80,
    template="access/sign_ins_panel.html",
    context=sign_ins_panel,
)
changes_tab = Tab(
    key="changes",
    title="Everything that changed",
    place=90,
    template="access/changes_panel.html",
    context=changes_panel,
)

people_tabs += [account_tab, profile_tab, sign_ins_tab, changes_tab]


def panel_tab(number: int, inline: type[Any]) -> Tab:
    """A table that an upper app put on the page, as a tab of its own."""
    names = getattr(inline, "verbose_name_plural", None) or inline.model._meta.verbose_name_plural
    return Tab(
        key=inline.model._meta.model_name,
        title=str(capfirst(names)),
        place=PLACE_OF_PANELS + number,
        inlines=(inline,),
        opens=lambda request, person: may_here(request, "view", inline.model),  # noqa: ARG005
    )


class PersonPage(TabbedAdmin[User]):
    """What the page shows; what can be done from it stands beside the list."""

    verbs_asked: ClassVar[tuple[str, ...]] = (
        *TabbedAdmin.verbs_asked,
        "suspend",
        "unlock",
        "reset_password",
        "end_sessions",
        "set_role",
        "see_as",
        "remove_factors",
        "explain",
        "hand_over",
        "erase",
    )

    def tabs_for(self, request: HttpRequest, record: Any) -> list[Tab]:
        """The account comes first for those who work here. Who sees the name only sees the one tab that holds it."""
        if masked_here(request, User):
            return [Tab(key=ACCOUNT, title="Person", place=0, has_fields=True)]
        found = super().tabs_for(request, record)
        if record.role == User.Role.STUDENT:
            return found
        return sorted(found, key=lambda tab: tab.key != ACCOUNT)

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The tables of a tab stand below each other, not in tabs of their own."""
        found: list[Any] = super().get_inline_instances(request, obj)
        for inline in found:
            inline.tab = False
        return found

    @property
    def tabs(self) -> list[Tab]:  # type: ignore[override]
        return [*people_tabs, *(panel_tab(number, inline) for number, inline in enumerate(people_panels))]

    def headline(self, request: HttpRequest, record: User) -> dict[str, Any]:
        if masked_here(request, User):
            return {"name": record.get_full_name() or quiet("No name given")}
        found: dict[str, Any] = {
            "badge": status_of(record),
            "line": f"{record.email} · {record.get_role_display()}",
            "lead": told_about(request, record),
        }
        if not record.is_active:
            found |= {"warnings_title": "Cannot sign in.", "warnings": [why_closed(record)]}
        elif is_locked_now(record):
            found |= {
                "warnings_title": "Locked out for wrong passwords.",
                "warnings": ["Lift the lock to let them try again now."],
            }
        return found

    def page_context(self, request: HttpRequest, record: Any, tab: Tab) -> dict[str, Any]:
        """Who sees the name only is not told who changed what, and why."""
        context = super().page_context(request, record, tab)
        return context | {"last_change": None} if masked_here(request, User) else context


def why_closed(person: User) -> str:
    if is_erased(person):
        return "Their personal data was erased; what they did and the figures stayed."
    if person.is_archived:
        return "The account is archived; restoring it brings it back."
    return f"The account is {person.get_status_display().lower()}."


def last_sign_in(request: HttpRequest, person: User) -> str:  # noqa: ARG001
    return f"last signed in {nearby(person.last_login)}" if person.last_login else "never signed in"


people_tellings.append(Telling(50, last_sign_in))
