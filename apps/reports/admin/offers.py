"""Under every list a report can be made of: a button that begins one with the list as it is narrowed now."""

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from admin_theme.offers import ListOffer, list_offers
from apps.reports.sources import source_of

BEGIN = "begin"


def offers_of_list(request: HttpRequest, model: type[Model]) -> list[ListOffer]:
    source = source_of(model)
    if source is None or not source.is_open_to(request.user):
        return []
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    address = reverse("admin:reports_report_begin", args=[source.key])
    return [ListOffer("Save as report", f"{address}{query}", BEGIN, "1")]


list_offers.append(offers_of_list)
