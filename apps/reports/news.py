"""What is told about reports."""

from apps.notifications.kinds import Kind, register_kinds

SENT, SCHEDULE = "report", "report_schedule"

register_kinds(
    Kind(key=SENT, title="Reports that are sent to you", about="A file of a report that somebody has sent regularly."),
    Kind(
        key=SCHEDULE,
        title="Schedules of your reports",
        about="One failed too often, was handed over to you, or reaches nobody any more.",
    ),
)
