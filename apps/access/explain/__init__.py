"""Why somebody may or may not: the chain of facts that decides, in sentences."""

from apps.access.explain.answer import Explanation
from apps.access.explain.asking import explain, explain_all, explain_record

__all__ = ["Explanation", "explain", "explain_all", "explain_record"]
