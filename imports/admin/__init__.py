"""The screens of imports: the list, and the steps of one import."""

from imports.admin.exports import ExportRecordAdmin
from imports.admin.job import ImportJobAdmin

__all__ = ["ExportRecordAdmin", "ImportJobAdmin"]
