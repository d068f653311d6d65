"""The screens of the audit: the timeline of changes, and the ledger of refusals and visits."""

from apps.audit.admin.refusals import AccessEventAdmin
from apps.audit.admin.timeline import ChangeSetAdmin

__all__ = ["AccessEventAdmin", "ChangeSetAdmin"]
