"""From a file to a plan: what every row will do, before anything is done."""

from imports.planner.plan import make_plan

__all__ = ["make_plan"]
