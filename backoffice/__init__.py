"""The project: wires the parts together and decides nothing about courses."""

from backoffice.celery import app as celery_app

__all__ = ["celery_app"]
