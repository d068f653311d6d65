"""The app's registration with Django: it looks after what people leave behind, and gives mails their files."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "apps.reports"
    label = "reports"

    def ready(self) -> None:
        from apps.accounts.leaving import looked_after
        from apps.notifications.attaching import attachers
        from apps.reports.services import file_to_attach, hand_over_what_is_left

        if hand_over_what_is_left not in looked_after:
            looked_after.append(hand_over_what_is_left)
        attachers["reports.reportrun"] = file_to_attach
