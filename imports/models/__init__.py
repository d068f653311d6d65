"""An upload, its plan row by row, what people say about it, the mappings they have saved, and exports."""

from imports.models.discussions import ImportApproval, ImportComment
from imports.models.exports import ExportRecord
from imports.models.feeds import Feed, FeedRow
from imports.models.jobs import ImportCorrection, ImportJob, ImportRow, upload_path
from imports.models.mappings import ImportMapping

__all__ = [
    "ExportRecord",
    "Feed",
    "FeedRow",
    "ImportApproval",
    "ImportComment",
    "ImportCorrection",
    "ImportJob",
    "ImportMapping",
    "ImportRow",
    "upload_path",
]
