"""Job runs and what they wrote."""

from model_bakery.recipe import Recipe, foreign_key

from apps.jobs.models import JobLogLine, JobRun, Pulse

job_run = Recipe(JobRun, job="tests.nothing", title="Do nothing")
job_log_line = Recipe(JobLogLine, run=foreign_key(job_run), text="Nothing was done.")
pulse = Recipe(Pulse, name=Pulse.WORKER)
