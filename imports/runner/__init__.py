"""From a plan to what it says: written once, whatever happens on the way."""

from imports.runner.apply import apply_plan

__all__ = ["apply_plan"]
