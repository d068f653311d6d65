"""From a definition to rows: what the person may see of it, read as a stream, and written to a file."""

from apps.reports.making.table import Table, table_for

__all__ = ["Table", "table_for"]
