"""The column that archives: it only comes in, and only an explicit yes does anything."""

from imports.types.columns import YesNo


class Archive(YesNo):
    """Whether to archive the record with everything below it; blank and no leave it. It only comes in."""

    def __init__(self) -> None:
        help_text = "Yes archives it with everything below it; blank leaves it."
        super().__init__("archived_at", virtual=True, right="archive", label="Archive", help=help_text)
