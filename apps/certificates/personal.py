"""What of certificates is about a person; an erased one stays genuine, under the name that stands in their place."""

from typing import Any

from apps.accounts.about import Identity, Personal, about_people, erase_elsewhere, erased_name, left_out
from apps.accounts.erasing import replace_words
from apps.certificates.models import Certificate, CertificateBundle, CertificateNote

about_people(
    Personal(model=Certificate, blanks={"learner_name": erased_name}),
    Personal(model=CertificateNote, blanks={"reason": "Erased with the person."}),
    Personal(model=CertificateBundle, path="requester", secret=frozenset({"file", "left_out", "certificates"})),
)
left_out |= {
    "certificates.certificatetemplate.archived_by": "It says who archived a record that is about nobody.",
    "certificates.certificate.revoked_by": "It says who revoked it: a fact about the learner.",
}


def forget_in_certificates(person: Any, was: Identity) -> int:
    """The fingerprint is over the name, too: it is made anew, so that nobody can try names against the old one."""
    history: Any = Certificate.history.model
    for certificate in Certificate._base_manager.filter(user=person.pk):
        mark = {"verification_hash": certificate.fingerprint()}
        Certificate._base_manager.filter(pk=certificate.pk).update(**mark)
        history.objects.filter(id=certificate.pk).update(**mark)
    mine = Certificate._base_manager.filter(user=person.pk), history.objects.filter(user=person.pk)
    return sum(replace_words(rows, ("revocation_reason",), was) for rows in mine)


erase_elsewhere.append(forget_in_certificates)
