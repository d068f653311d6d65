"""What is done to certificates, their templates and the notes about them."""

from apps.certificates.services.issuing import Issued, issue_certificate, issue_certificates
from apps.certificates.services.notes import delete_note, save_note
from apps.certificates.services.revoking import ask_to_revoke, reissue_certificate, revoke_certificate
from apps.certificates.services.templates import archive_template, make_default, new_version, restore_template

__all__ = [
    "Issued",
    "archive_template",
    "ask_to_revoke",
    "delete_note",
    "issue_certificate",
    "issue_certificates",
    "make_default",
    "new_version",
    "reissue_certificate",
    "restore_template",
    "revoke_certificate",
    "save_note",
]
