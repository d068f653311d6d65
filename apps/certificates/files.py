"""Files with many certificates: kept for a day under a name nobody can guess, for the one who asked."""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from secrets import token_hex
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.certificates.models import Certificate, CertificateBundle
from apps.certificates.pdf import draw_certificate
from apps.jobs.running import Run
from apps.records.policy import scope
from apps.records.rules import RuleBroken

FOLDER = "certificates"
KEPT_FOR = timedelta(days=1)
MOST_IN_A_FILE = 5_000
AT_ONCE = 500
BLOCK = 1 << 20
UNSAFE = re.compile(r"[^\w.-]+")


def file_name(certificate: Certificate) -> str:
    """ "Robin-Marlow-7K2M….pdf", which no two certificates share."""
    name = UNSAFE.sub("-", certificate.learner_name).strip("-.")[:60] or "certificate"
    return f"{name}-{UNSAFE.sub('-', certificate.number)}.pdf"


def write_bundle(run: Run, ids: list[int], file: BinaryIO) -> CertificateBundle:
    """Draws them one by one; what cannot be drawn is left out and named. Raises `RuleBroken` when nothing is left."""
    drawn: list[int] = []
    left_out: list[str] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for certificate in open_to(run.requester, ids):
            try:
                archive.writestr(file_name(certificate), draw_certificate(certificate))
            except RuleBroken as refused:
                left_out.append(f"{certificate.number}: {refused.sentence}")
                run.warn(f"{certificate}: {refused.sentence}")
            else:
                drawn.append(certificate.pk)
            run.report(len(drawn) + len(left_out))
    if not drawn:
        raise RuleBroken("None of these certificates can be drawn. The log says why.")
    size = file.seek(0, 2)
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    file.seek(0)
    return CertificateBundle.objects.create(
        requester=run.requester,
        certificates=drawn,
        number_of_certificates=len(drawn),
        left_out=left_out,
        size_bytes=size,
        sha256=digest.hexdigest(),
        file=default_storage.save(f"{FOLDER}/{token_hex(16)}.zip", File(file)),
    )


def open_to(user: Any, ids: list[int]) -> Iterator[Certificate]:
    """Those of these certificates that this person may take out at this moment."""
    rows = scope(user, "export", Certificate).select_related("template")
    for start in range(0, len(ids), AT_ONCE):
        yield from rows.filter(pk__in=ids[start : start + AT_ONCE]).order_by("pk")


def may_fetch(bundle: CertificateBundle, user: Any) -> bool:
    """Whether the file is still there, and the one who asked for it may still take out everything in it."""
    if not bundle.file or bundle.requester_id != user.pk or bundle.made_at < oldest_kept():
        return False
    ids, rows = bundle.certificates, scope(user, "export", Certificate)
    parts = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    return all(rows.filter(pk__in=part).count() == len(part) for part in parts) and default_storage.exists(bundle.file)


def oldest_kept() -> Any:
    return timezone.now() - KEPT_FOR


def delete_old_bundles() -> int:
    """Deletes the files that are past their day, those of runs that were never completed among them."""
    if not default_storage.exists(FOLDER):
        return 0
    names = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    old = [name for name in names if default_storage.get_modified_time(name) < oldest_kept()]
    for name in old:
        default_storage.delete(name)
    return len(old)
