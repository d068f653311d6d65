"""What is told about requests for rights."""

from apps.notifications.kinds import Kind, register_kinds

register_kinds(
    Kind(key="access_request", title="Somebody asks you for a right", waits=True),
    Kind(key="access_answer", title="An answer to your request for a right"),
)
