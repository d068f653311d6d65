"""The app's registration with Django: suspended instructors are kept away from courses."""

from django.apps import AppConfig


class InstructorsConfig(AppConfig):
    name = "apps.instructors"
    label = "instructors"

    def ready(self) -> None:
        from apps.catalog.standing import kept_away
        from apps.instructors.standing import suspension

        if suspension not in kept_away:
            kept_away.append(suspension)
