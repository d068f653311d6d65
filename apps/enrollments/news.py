"""What is told about seats."""

from apps.notifications.kinds import Kind, register_kinds

register_kinds(
    Kind(key="seat", title="A free seat went to the waiting list", about="Of courses whose learners you look after."),
    Kind(key="learner.seat", title="A seat in a course you wait for"),
)
