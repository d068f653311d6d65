"""What the log says of a request: a mistake of ours with its traceback, a refusal in one line."""

import logging
from typing import Any


class WithoutTrace(logging.Filter):
    """Where a refusal was raised says nothing that its line and the audit do not, and takes longer than refusing."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            record.exc_info = record.exc_text = None
        return True


REFUSALS_IN_ONE_LINE: dict[str, Any] = {
    "filters": {"without_trace": {"()": WithoutTrace}},
    "loggers": {"django.request": {"filters": ["without_trace"]}},
}
