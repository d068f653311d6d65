"""The tabs of a course's page. Apps above put theirs here when the project starts."""

from admin_theme.tabs import Tab

course_tabs: list[Tab] = []
