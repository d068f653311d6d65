"""Telling learners about their certificates: by mail, each once, a few statements for very many."""

from collections.abc import Sequence

from apps.certificates.models import Certificate
from apps.certificates.pdf import address_to_check
from apps.notifications.services import News, tell_many

ISSUED, REPLACED, REVOKED = "certificate_issued", "certificate_replaced", "certificate_revoked"
SENTENCES: dict[str, tuple[str, str]] = {
    ISSUED: (
        "Your certificate for {course}",
        "Congratulations: you have completed {course}, and here is your certificate.",
    ),
    REPLACED: (
        "Your new certificate for {course}",
        "Your certificate for {course} was replaced by a new one. The number of the old one leads to it.",
    ),
    REVOKED: (
        "Your certificate for {course} was revoked",
        "Your certificate for {course} was revoked and counts no more. If you think that this is wrong, answer us.",
    ),
}


def tell_learners(certificates: Sequence[Certificate], kind: str) -> None:
    """In the transaction of what it tells, so that both happen or neither; the mail server is asked later."""
    title, text = SENTENCES[kind]
    place = address_to_check("")
    news = [
        News(
            recipient_id=certificate.user_id,
            title=title.format(course=certificate.course_title),
            text=text.format(course=certificate.course_title),
            facts={
                "course": certificate.course_title,
                "number": certificate.number,
                "check": f"{place}{certificate.number}",
            },
            source=f"certificates.certificate:{certificate.pk}:{kind}",
        )
        for certificate in certificates
    ]
    tell_many(news, kind=kind)
