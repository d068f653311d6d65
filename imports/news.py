"""What is told about imports."""

from apps.notifications.kinds import Kind, register_kinds

register_kinds(
    Kind(key="import_comment", title="A remark on an import you take part in"),
    Kind(key="import_approval", title="A plan that waits for your approval", waits=True),
    Kind(key="import_answer", title="An answer about your plan"),
)
