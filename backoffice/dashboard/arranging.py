"""Each person arranges their own overview: what is shown, in which order, for which days. Forms, no scripts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.statistics.models import Arrangement
from apps.statistics.services import arrange
from backoffice.dashboard.cards import cards_of
from backoffice.dashboard.look import Look
from backoffice.dashboard.periods import COMPARED, PERIODS

UNKNOWN = "There is no such card or period on your overview. Nothing was changed."


@require_POST
def arrange_overview(request: HttpRequest) -> HttpResponse:
    """Goes back to the overview, to the card that was moved; what it does not know changes nothing."""
    look, asked = Look(request), request.POST
    do, key = asked.get("do", ""), asked.get("card", "")
    if do == "reset":
        arrange(request.user, order=[], hidden=[], period="", compare="")
        return back()
    if do == "span" and asked.get("period") in PERIODS and asked.get("compare") in COMPARED:
        arrange(request.user, period=asked["period"], compare=asked["compare"])
        return back()
    keys = [card.key for card in cards_of(look)]
    if do not in DEEDS or key not in keys:
        messages.error(request, UNKNOWN)
        return back()
    order, hidden = DEEDS[do](keys, hidden_now(look.arrangement, keys), key)
    arrange(request.user, order=order, hidden=hidden)
    return back(key if key not in hidden else "")


def back(key: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:index") + (f"#card-{key}" if key else ""))


def hidden_now(arrangement: Arrangement, keys: list[str]) -> list[str]:
    return [key for key in arrangement.hidden if key in keys]


Arranged = tuple[list[str], list[str]]


def moved(keys: list[str], hidden: list[str], key: str, by: int) -> Arranged:
    """Changes places with the next card that is shown; at either end everything stays."""
    shown = [one for one in keys if one not in hidden]
    if key in shown and 0 <= shown.index(key) + by < len(shown):
        other = shown[shown.index(key) + by]
        here, there = keys.index(key), keys.index(other)
        keys[here], keys[there] = other, key
    return keys, hidden


def up(keys: list[str], hidden: list[str], key: str) -> Arranged:
    return moved(keys, hidden, key, -1)


def down(keys: list[str], hidden: list[str], key: str) -> Arranged:
    return moved(keys, hidden, key, 1)


def hide(keys: list[str], hidden: list[str], key: str) -> Arranged:
    return keys, [*hidden, *([] if key in hidden else [key])]


def show(keys: list[str], hidden: list[str], key: str) -> Arranged:
    return keys, [one for one in hidden if one != key]


DEEDS = {"up": up, "down": down, "hide": hide, "show": show}
