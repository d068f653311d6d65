"""What is told about announcements."""

from apps.notifications.kinds import Kind, register_kinds

register_kinds(
    Kind(
        key="learner.announcement",
        title="Announcements of your courses",
        about="What those who teach you want you to know.",
        samples={
            "course": "Python from the first line",
            "author": "Ada Marlow",
            "action": "https://example.org/courses/python",
        },
        subject="{course}: {title}",
        text="Hello {name},\n\n{title}\n\n{text}\n\n{action}\n\n{author}, {course}",
        html=(
            "<p>Hello {name},</p>\n<p><strong>{title}</strong></p>\n<p>{text}</p>\n"
            '<p><a href="{action}">Go there</a></p>\n<p><em>{author}, {course}</em></p>'
        ),
    ),
    Kind(key="announcement", title="An announcement of yours that was not sent"),
)
