"""A co-instructor who sees the course and may do nothing else."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User


@pytest.fixture
def viewer(co_instructor_with: Callable[[str], User]) -> User:
    """Sees the course, and nothing else."""
    return co_instructor_with("view_course")


@pytest.fixture
def as_viewer(viewer: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(viewer)
