"""The UNFOLD settings: name, mark and what the shell shows. The palette is in console.css, once for every page."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Backoffice",
    "SITE_HEADER": "Backoffice",
    "SITE_URL": None,
    "SITE_ICON": lambda request: static("admin_theme/mark.svg"),  # noqa: ARG005
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("admin_theme/mark.svg")},  # noqa: ARG005
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("admin_theme/console.css")],  # noqa: ARG005
    "SCRIPTS": [lambda request: static("admin_theme/console.js")],  # noqa: ARG005
    "ACCOUNT": {
        "navigation": [
            {"title": "Password", "link": reverse_lazy("account_change_password")},
            {"title": "Two-step sign-in", "link": reverse_lazy("mfa_index")},
            {"title": "Notifications by mail", "link": reverse_lazy("notification_preferences")},
            {"title": "My sessions", "link": reverse_lazy("usersessions_list")},
        ],
    },
    "SIDEBAR": {"show_search": True, "command_search": True, "show_all_applications": False},
}
