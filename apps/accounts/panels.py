"""What other apps show on a person's page: each adds its own table of rows that belong to the person."""

from typing import Any

people_panels: list[type[Any]] = []
"""Inlines on the person's page, added by upper apps when their screens are registered."""
