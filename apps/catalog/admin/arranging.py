"""The door through which the curriculum tab saves a new order."""

import json
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from admin_theme.gate import gate
from apps.catalog.services import arrange_curriculum

MOST_BYTES = 500_000


def arrange_view(screen: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """POST of `[[module id, [lesson id, …]], …]`; answers with a sentence, 409 when it was refused."""
    course = screen.require_record(request, object_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not screen.has_change_permission(request, course):
        raise PermissionDenied
    try:
        places = places_from(request.body)
    except (ValueError, RecursionError):
        return JsonResponse({"message": "This order cannot be read. Reload the page and order it again."}, status=400)
    try:
        with gate.operation(by=request.user, reason="", title=f"Rearrange {course}"[:200]):
            arrange_curriculum(course, places, by=request.user)
    except ValidationError as refused:
        return JsonResponse({"message": " ".join(refused.messages)}, status=409)
    return JsonResponse({"message": "The new order is saved."})


def places_from(body: bytes) -> list[tuple[int, list[int]]]:
    """Raises `ValueError` for anything but pairs of a number and a list of numbers."""
    if len(body) > MOST_BYTES:
        raise ValueError
    places = json.loads(body)
    if not isinstance(places, list):
        raise ValueError
    found = []
    for place in places:
        if not (isinstance(place, list) and len(place) == 2 and isinstance(place[1], list)):
            raise ValueError
        numbers = [place[0], *place[1]]
        if not all(type(number) is int for number in numbers):
            raise ValueError
        found.append((numbers[0], numbers[1:]))
    return found
