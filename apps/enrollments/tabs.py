"""The tabs of the page of an enrollment. Apps above put theirs here when the project starts."""

from admin_theme.tabs import Tab

enrollment_tabs: list[Tab] = []
