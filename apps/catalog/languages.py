"""The languages a course can be taught in."""

from django.conf.locale import LANG_INFO

LANGUAGES: list[tuple[str, str]] = sorted(
    ((code, str(info["name"])) for code, info in LANG_INFO.items() if "name" in info), key=lambda pair: pair[1]
)
