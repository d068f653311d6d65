"""The rows that failed, as a file of the same kind as the upload, to be corrected and uploaded again."""

from imports.errors_file.writing import errors_file_name, write_errors

__all__ = ["errors_file_name", "write_errors"]
