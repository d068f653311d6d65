"""What a screen calls itself, above the page and in the browser's title."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest, HttpResponseBase
from django.utils.text import capfirst

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin as Base
else:
    Base = object


class TitlesMixin(Base):
    """A list is called what the sidebar calls it; a page is called what it shows, then its list."""

    list_title: ClassVar[str] = ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        title = self._list_title()
        context = {"title": title, "list_title": title, **(extra_context or {})}
        response: HttpResponseBase = super().changelist_view(request, context)
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        title = self._list_title()
        context: dict[str, Any] = {"list_title": title, "show_history": hasattr(self.model, "history")}
        if object_id:
            context["title"] = title
        response: HttpResponseBase = super().changeform_view(
            request, object_id, form_url, context | (extra_context or {})
        )
        return response

    def _list_title(self) -> str:
        return str(capfirst(self.list_title or self.opts.verbose_name_plural))
