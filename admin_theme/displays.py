"""How single values look in lists and on pages: badges, two-line names, times, money, shares."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.contrib.humanize.templatetags.humanize import intcomma, naturaltime
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

Tone = Literal["neutral", "good", "warn", "bad", "info"]
EMPTY = "-"
RECENT_DAYS = 7
DOT = SafeString('<span class="c-dot" aria-hidden="true"></span>')


def badge(text: object, tone: Tone = "neutral", *, icon: str = "", hint: str = "") -> SafeString:
    """A state: always a word, so that no meaning hangs on color alone."""
    mark = symbol(icon) if icon else DOT
    return format_html('<span class="c-badge c-{}" title="{}">{}{}</span>', tone, hint, mark, text)


def state_badge(record: Model, field: str, tones: dict[str, Tone]) -> SafeString:
    """The badge of a choice field; `tones` maps its values, anything else is neutral."""
    value = str(getattr(record, field))
    return badge(getattr(record, f"get_{field}_display")(), tones.get(value, "neutral"))


def symbol(name: str) -> SafeString:
    """A Material symbol beside a word that says the same."""
    return format_html('<span class="material-symbols-outlined c-symbol" aria-hidden="true">{}</span>', name)


def two_lines(first: object, second: object = "", *, badge: object = "") -> SafeString:
    """A name and one quiet line below it; a list links the first column as a whole."""
    return format_html(
        '<span class="c-two"><span class="c-two-first">{}{}</span><span class="c-two-second">{}</span></span>',
        first,
        badge,
        second,
    )


def relative_time(moment: datetime | None, *, empty: str = EMPTY) -> SafeString:
    """Near moments relative, far ones absolute, exact on hover, in the person's time zone."""
    if moment is None:
        return format_html('<span class="c-quiet">{}</span>', empty)
    local = timezone.localtime(moment)
    near = abs((timezone.now() - moment).days) < RECENT_DAYS
    words = nearby(moment) if near else date_format(local, "j M Y")
    exact = date_format(local, "l, j F Y, H:i:s e")
    return format_html('<time class="c-time" datetime="{}" title="{}">{}</time>', local.isoformat(), exact, words)


def nearby(moment: datetime) -> str:
    """A moment from now or ago in its largest unit only: "2 days ago", not "2 days, 11 hours ago"."""
    first, _comma, rest = naturaltime(moment).partition(",")
    return f"{first} {rest.strip().partition(' ')[2]}" if rest else first


def money(amount: Decimal | None, currency: str, *, empty: str = EMPTY) -> SafeString:
    """An amount with its currency; nothing is not zero."""
    if amount is None:
        return format_html('<span class="c-quiet">{}</span>', empty)
    if amount == 0:
        return format_html('<span class="c-number">{}</span>', "Free")
    return format_html('<span class="c-number">{} {}</span>', intcomma(f"{amount:.2f}"), currency)


def number(value: float | Decimal | None, unit: str = "", *, empty: str = EMPTY) -> SafeString:
    """A number with separators and its unit."""
    if value is None:
        return format_html('<span class="c-quiet">{}</span>', empty)
    words = f"{value:,}" if not isinstance(value, float) else f"{value:,.1f}"
    return format_html('<span class="c-number">{}{}</span>', words, f" {unit}" if unit else "")


def percent_bar(value: float | Decimal | None, *, empty: str = EMPTY) -> SafeString:
    """A share from 0 to 100 as a bar with its figure."""
    if value is None:
        return format_html('<span class="c-quiet">{}</span>', empty)
    share = max(0, min(100, round(value)))
    return format_html(
        '<span class="c-share"><progress max="100" value="{}" aria-label="{} percent"></progress>'
        '<span class="c-number">{}&thinsp;%</span></span>',
        share,
        share,
        share,
    )


def yes_no(value: bool | None, *, yes: str = "Yes", no: str = "No") -> SafeString:  # noqa: FBT001
    """A fact as a word; the quiet one is no."""
    return badge(yes, "good") if value else format_html('<span class="c-quiet">{}</span>', no)


def minutes(value: int | None, *, empty: str = EMPTY) -> SafeString:
    """A duration given in minutes as hours and minutes."""
    if value is None:
        return format_html('<span class="c-quiet">{}</span>', empty)
    hours, rest = divmod(value, 60)
    words = [f"{hours} h"] if hours else []
    if rest or not hours:
        words.append(f"{rest} min")
    return format_html('<span class="c-number">{}</span>', " ".join(words))


def quiet(text: Any) -> SafeString:
    """Something that may be overlooked."""
    return format_html('<span class="c-quiet">{}</span>', text)


def counted(model: type[Model], number: int) -> str:
    """ "1 course" or "1,204 courses"."""
    name = model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural
    return f"{number:,} {name}"
