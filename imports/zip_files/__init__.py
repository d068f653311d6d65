"""Zips of CSV files from other platforms: one plan, whose files are joined by the ids they share."""

from imports.zip_files.opening import open_zip, platform_of

__all__ = ["open_zip", "platform_of"]
