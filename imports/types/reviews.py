"""What learners say about courses, to be taken out and never brought in: nobody writes a review for somebody else."""

from apps.reviews.models import Review
from imports.types.base import ImportKind
from imports.types.columns import Choice, LongText, Moment, Reference, Text, WholeNumber, YesNo


class Reviews(ImportKind):
    key = "reviews"
    heading = "Reviews"
    key_columns = ("student_email", "course_code")
    label_column = "title"

    student_email = Reference("user", by="email", verb="view", label="Learner")
    first_name = Text("user__first_name", label="First name")
    last_name = Text("user__last_name", label="Last name")
    course_code = Reference("course", by="code")
    rating = WholeNumber()
    title = Text()
    text = LongText()
    state = Choice()
    rejection_reason = Choice()
    moderator_note = LongText()
    written_at = Moment("created_at", label="Written")
    decided_at = Moment()
    is_verified_purchase = YesNo()
    is_featured = YesNo()
    helpful_count = WholeNumber()
    reported_count = WholeNumber()

    class Meta:
        model = Review
