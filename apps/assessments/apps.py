"""The app's registration with Django; what lies below lessons is archived, restored and copied with them."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "apps.assessments"
    label = "assessments"

    def ready(self) -> None:
        from apps.assessments.models import Answer, Assessment, Question
        from apps.catalog.below import Below, below_lessons

        below_lessons += [
            Below(Assessment, parent="lesson", path="lesson"),
            Below(Question, parent="assessment", path="assessment__lesson"),
            Below(Answer, parent="question", path="question__assessment__lesson"),
        ]
