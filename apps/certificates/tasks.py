"""What happens to certificates by itself, and what takes too long to wait for."""

from tempfile import TemporaryFile

from celery.schedules import crontab

from apps.certificates.files import delete_old_bundles, write_bundle
from apps.certificates.policy import may_be_issued
from apps.certificates.queries import due_enrollments
from apps.certificates.services.issuing import BATCH, Issued, issue_certificates
from apps.certificates.throttle import forget_failed_lookups
from apps.jobs.registry import job
from apps.jobs.running import Run

BY_RULE = "The course is completed."


@job(title="Issue certificates", every=crontab(minute="20"), by_hand=True)
def issue_due(run: Run) -> str:
    """Everything due and not done: a run that was missed, or ended early, is made good by the next one."""
    return issue_in_batches(run, list(due_enrollments().values_list("pk", flat=True)), reason=BY_RULE)


@job(title="Issue the certificates of a list")
def issue_chosen(run: Run, *, enrollments: list[int]) -> str:
    """For the chosen enrollments of those whose certificates the requester may issue now."""
    return issue_in_batches(run, [*may_be_issued(run.requester, enrollments)], reason="")


def issue_in_batches(run: Run, ids: list[int], *, reason: str) -> str:
    """One change set a batch, so that what is issued stays if the run ends early."""
    issued, left = 0, 0
    run.report(0, len(ids))
    for start in range(0, len(ids), BATCH):
        part: Issued = issue_certificates(ids[start : start + BATCH], by=run.requester, reason=reason)
        issued += len(part.certificates)
        left += len(part.refused)
        for enrollment, sentence in part.refused:
            run.warn(f"{enrollment}: {sentence}")
        run.report(min(start + BATCH, len(ids)))
    run.count(issued=issued, left_alone=left)
    if not issued and not left:
        return "No certificate is due."
    more = f" {left:,} left alone; the log says why." if left else ""
    return f"{issued:,} certificate{'s' * (issued != 1)} issued.{more}"


@job(title="Write certificates to a file")
def make_bundle(run: Run, *, certificates: list[int]) -> str:
    """A ZIP with a PDF for each of those the requester may take out when it is made; it is kept for a day."""
    run.report(0, len(certificates), stage="Drawing")
    with TemporaryFile() as file:
        bundle = write_bundle(run, certificates, file)
    run.count(certificates=bundle.number_of_certificates, left_out=len(bundle.left_out))
    more = f" {len(bundle.left_out):,} could not be drawn; the log says why." if bundle.left_out else ""
    return f"{bundle}.{more} Fetch the file under Certificate files within a day."


@job(title="Tidy up certificates", every=crontab(minute="40"), by_hand=True)
def tidy_certificates(run: Run) -> str:
    """Deletes files that are past their day, and failed lookups that count no more."""
    files, lookups = delete_old_bundles(), forget_failed_lookups()
    run.count(files=files, lookups=lookups)
    return f"{files:,} old files and {lookups:,} failed lookups deleted."
