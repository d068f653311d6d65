"""The tabs of the pages of courses and lessons. Apps above put theirs here when the project starts."""

from admin_theme.tabs import Tab

course_tabs: list[Tab] = []
lesson_tabs: list[Tab] = []
