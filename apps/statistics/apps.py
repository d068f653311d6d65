"""The app's registration with Django, and its place among those who count the learners of a course."""

from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "apps.statistics"
    label = "statistics"

    def ready(self) -> None:
        from apps.enrollments.services.seats import learners_changed
        from apps.statistics.counters import count_courses

        learners_changed.append(count_courses)
