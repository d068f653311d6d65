"""What reports are made of: the lists with their columns. Apps above add theirs when they are ready."""

from apps.reports.sources.base import SOURCES, Col, Source, open_sources, register_sources, source_for, source_of
from apps.reports.sources.courses import COURSE_SOURCES
from apps.reports.sources.learning import LEARNING_SOURCES
from apps.reports.sources.money import MONEY_SOURCES
from apps.reports.sources.people import PEOPLE_SOURCES

__all__ = ["SOURCES", "Col", "Source", "open_sources", "register_sources", "source_for", "source_of"]

register_sources(*LEARNING_SOURCES, *COURSE_SOURCES, *MONEY_SOURCES, *PEOPLE_SOURCES)
