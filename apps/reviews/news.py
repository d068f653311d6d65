"""What is told about reviews."""

from apps.notifications.kinds import Kind, register_kinds

register_kinds(
    Kind(key="review_flag", title="A review flagged to you", waits=True),
    Kind(key="review", title="What was decided on your own review", about="For authors who work here."),
    Kind(
        key="learner.review",
        title="What was decided on your review",
        text="Hello {name},\n\n{text}\n\n{console}",
        html="<p>Hello {name},</p>\n<p>{text}</p>",
    ),
)
