"""For those who see the figures of some courses: these courses, where learners stop in one, what is hard in it."""

from itertools import pairwise
from typing import Any

from admin_theme.gate import gate, may_here
from apps.assessments.models import AttemptAnswer
from apps.assessments.queries import hardest_questions
from apps.enrollments.models import LessonProgress
from apps.enrollments.queries import lessons_completed
from apps.statistics.figures import COURSE
from apps.statistics.models import CourseStats
from apps.statistics.panels import shown
from backoffice.dashboard.addresses import link_to, list_of, rows_behind
from backoffice.dashboard.courses import course_page, percent
from backoffice.dashboard.look import Look

COLUMNS = ("learners", "active_learners", "completion_percent", "average_rating")


def taught(look: Look) -> dict[str, Any] | None:
    """The courses with the most learners."""
    rows = look.most_taken
    if not rows:
        return None
    return {
        "figures": [COURSE.figure(name) for name in COLUMNS],
        "rows": [
            {
                "title": stats.course.title,
                "page": course_page(look, stats.course_id),
                "cells": [cell(look, stats, name) for name in COLUMNS],
                "chosen": look.chosen is not None and stats.course_id == look.chosen.pk,
                "key": stats.course_id,
            }
            for stats in rows
        ],
        "all": list_of("statistics.coursestats"),
        "as_of": max(stats.as_of for stats in rows),
    }


def cell(look: Look, stats: CourseStats, name: str) -> dict[str, Any]:
    asked = {
        "learners": {"reached": "enrolled"},
        "active_learners": {"status__exact": "active"},
        "completion_percent": {"reached": "completed"},
    }.get(name)
    link = (
        rows_behind(look, "enrollments.enrollment", course__id__exact=stats.course_id, **asked)
        if asked
        else rows_behind(look, "reviews.review", course__id__exact=stats.course_id, state="approved")
    )
    figure = COURSE.figure(name)
    return {"title": figure.title, "value": shown(figure, getattr(stats, name)), "link": link}


def stops(look: Look) -> dict[str, Any] | None:
    """Each lesson of the chosen course with how many of its learners completed it, and where most of them stop."""
    course = look.chosen
    if course is None or not may_here(look.request, "view", LessonProgress):
        return None
    learners, lessons = lessons_completed(course.pk, gate.scope(look.request.user, "view", LessonProgress))
    if not learners or not lessons:
        return {"course": course, "lessons": []}
    lost = [before - number for before, number in pairwise([learners, *(number for _, number in lessons)])]
    worst = lost.index(max(lost)) if max(lost) > 0 else None
    return {
        "course": course,
        "learners": learners,
        "lessons": [
            {
                "title": lesson.title,
                "number": number,
                "share": percent(number, learners),
                "is_worst": place == worst,
                "lost": lost[place],
                "link": rows_behind(
                    look, "enrollments.lessonprogress", lesson__id__exact=lesson.pk, is_completed__exact=1
                ),
            }
            for place, (lesson, number) in enumerate(lessons)
        ],
    }


def difficulty(look: Look) -> dict[str, Any] | None:
    """The questions of the chosen course that are answered rightly least often."""
    course = look.chosen
    if course is None or not may_here(look.request, "view", AttemptAnswer):
        return None
    found = hardest_questions(course.pk, gate.scope(look.request.user, "view", AttemptAnswer))
    return {
        "course": course,
        "rows": [
            {
                "question": question,
                "assessment": question.assessment,
                "page": link_to(question.assessment),
                "number": number,
                "right": right,
                "share": percent(right, number),
                "link": rows_behind(look, "assessments.attempt", assessment__id__exact=question.assessment_id),
            }
            for question, number, right in found
        ],
    }
