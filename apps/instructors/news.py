"""What instructors are told about their standing and their courses."""

from apps.notifications.kinds import Kind, register_kinds

register_kinds(
    Kind(
        key="instructor",
        title="Your standing as an instructor",
        cannot_be_off="It says what you may do here, so it always reaches you.",
    ),
    Kind(key="course_handed_over", title="A course is handed over to you"),
    Kind(
        key="learner.instructor",
        title="Your application as an instructor",
        cannot_be_off="It answers what you asked for.",
    ),
)
