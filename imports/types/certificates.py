"""What learners were given, to be taken out and not brought in: a certificate is issued here, or it is none of ours."""

from apps.certificates.models import Certificate
from imports.types.base import ImportKind
from imports.types.columns import Choice, LongText, Moment, Reference, Text


class Certificates(ImportKind):
    key = "certificates"
    heading = "Certificates"
    key_columns = ("certificate_number",)
    label_column = "certificate_number"

    certificate_number = Text("number")
    student_email = Reference("user", by="email", verb="view", label="Learner")
    course_code = Reference("course", by="code")
    learner_name = Text(label="Name")
    course_title = Text()
    state = Choice()
    completed_at = Moment()
    issued_at = Moment()
    valid_until = Moment()
    replaces_number = Text("replaces__number", label="Replaces")
    revoked_at = Moment()
    revocation_reason = LongText()
    template_name = Text("template__name", label="Template")
    template_version = Text("template__version", label="Template version")
    verification_hash = Text(label="Fingerprint (SHA-256)")

    class Meta:
        model = Certificate
