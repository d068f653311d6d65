"""What of attempts is about a person."""

from apps.accounts.about import Personal, about_people, left_out
from apps.assessments.models import Attempt, AttemptAnswer

about_people(
    Personal(model=Attempt, blanks={"ip_address": None, "user_agent": ""}),
    Personal(
        model=AttemptAnswer, path="attempt__user", title="given answers", blanks={"text_answer": "", "feedback": ""}
    ),
)
left_out |= {
    f"assessments.{model}.archived_by": "It says who archived a record that is about nobody."
    for model in ("assessment", "question")
}
