"""What of job runs is about a person."""

from apps.accounts.about import Personal, about_people
from apps.jobs.models import JobRun

about_people(Personal(model=JobRun, path="requester", title="jobs they asked for", blanks={"ip_address": None}))
