"""The base of every screen: a few declarative lines on a guarded list, page, form and inline."""

from admin_theme.console.inlines import ConsoleInline
from admin_theme.console.screens import ConsoleAdmin, ReadOnlyAdmin

__all__ = ["ConsoleAdmin", "ConsoleInline", "ReadOnlyAdmin"]
