"""Behind a proxy, where a request comes from is what the proxy says: for limits, the audit and the logs alike."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class ClientAddressMiddleware:
    """Takes the last address of `X-Forwarded-For`, which the proxy wrote itself; those before it anybody may write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SECURE_PROXY_SSL_HEADER:
            told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
            if is_address(told):
                request.META["REMOTE_ADDR"] = told
        return self.get_response(request)


def is_address(told: str) -> bool:
    try:
        ipaddress.ip_address(told)
    except ValueError:
        return False
    return True
