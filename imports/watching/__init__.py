"""Watched folders: nightly files of other systems, taken in under the rights of one person, each with a report."""

from imports.watching.feeding import Fed, Feeding, feed_for
from imports.watching.folder import FolderBusy, WatchedFolder
from imports.watching.report import mail_report, report_of

__all__ = ["Fed", "Feeding", "FolderBusy", "WatchedFolder", "feed_for", "mail_report", "report_of"]
