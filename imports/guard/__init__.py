"""What stands before every parser: is this file what it says, of a bearable size, and harmless to open."""

from imports.guard.archive import corrupt, open_archive, refuse_dangerous_archive
from imports.guard.content import FileFormat, refuse_dangerous, refuse_size
from imports.guard.filename import SUPPORTED, safe_display_name
from imports.guard.zip_file import refuse_dangerous_member, refuse_dangerous_zip

__all__ = [
    "SUPPORTED",
    "FileFormat",
    "corrupt",
    "open_archive",
    "refuse_dangerous",
    "refuse_dangerous_archive",
    "refuse_dangerous_member",
    "refuse_dangerous_zip",
    "refuse_size",
    "safe_display_name",
]
