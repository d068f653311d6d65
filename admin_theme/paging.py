"""Pages of long lists: rows are counted as far as anybody reads, and a far page is found by keys first."""

from typing import TYPE_CHECKING, Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import EmptyPage, Page, Paginator
from django.utils.functional import cached_property

if TYPE_CHECKING:
    Base = Paginator[Any]
else:
    Base = Paginator

MOST_COUNTED = 10_000
PAGES_AHEAD = 10
MOST_SKIPPED = 10_000_000  # rows; no list is longer, and no database skips more in time


class LongListPaginator(Base):
    """Counts up to ten thousand rows; beyond, every page that has rows opens, and the ten after it are offered.

    `count` is exact unless `is_open`: then it is the number of rows known to be there, one more than counted.
    """

    template_name = "admin_theme/pages.html"
    object_list: Any

    @cached_property
    def count(self) -> int:
        return int(self.object_list.order_by()[: MOST_COUNTED + 1].count())

    @property
    def is_open(self) -> bool:
        """Whether there are more rows than were counted."""
        return self.count > MOST_COUNTED

    @property
    def count_in_words(self) -> str:
        if not self.is_open:
            return str(intcomma(self.count))
        return f"more than {intcomma((self.count - 1) // 1000 * 1000)}"

    def page(self, number: Any) -> Page[Any]:
        """The rows of a page, read by their keys: what is skipped is skipped once, in an index and not in the table."""
        keys = self._look_ahead(number)
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        if keys is None:
            keys = self._keys(first, first + self.per_page)
        return Page(self.object_list.filter(pk__in=keys), number, self)

    def _look_ahead(self, number: Any) -> list[Any] | None:
        """Near and beyond the end of what was counted, counts on to the pages after this one, and returns its keys."""
        try:
            first = (int(number) - 1) * self.per_page
        except (TypeError, ValueError):
            return None
        ahead = first + self.per_page * (1 + PAGES_AHEAD)
        if not self.is_open or ahead <= self.count or first > MOST_SKIPPED:
            return None
        found = self._keys(first, ahead + 1)
        if not found:
            raise EmptyPage("There are no rows on this page.")
        self.count = first + len(found)
        return found[: self.per_page]

    def _keys(self, first: int, end: int) -> list[Any]:
        return list(self.object_list.values_list("pk", flat=True)[first:end])
