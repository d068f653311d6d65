"""Making files of reports, saving what somebody chose, and having reports sent."""

from apps.reports.services.delivering import deliver, file_to_attach
from apps.reports.services.files import FORMATS, copy_ready_made, definition_named, make_file
from apps.reports.services.handing_over import hand_over_what_is_left, keep_owned
from apps.reports.services.running import claim, note_failure
from apps.reports.services.scheduling import leave_schedule, pause_schedule, resume_schedule, save_schedule

__all__ = [
    "FORMATS",
    "claim",
    "copy_ready_made",
    "definition_named",
    "deliver",
    "file_to_attach",
    "hand_over_what_is_left",
    "keep_owned",
    "leave_schedule",
    "make_file",
    "note_failure",
    "pause_schedule",
    "resume_schedule",
    "save_schedule",
]
