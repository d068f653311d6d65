"""Made-up certificates that show what a template looks like, in each script names are written in."""

from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from apps.certificates.models import Certificate, CertificateTemplate
from apps.certificates.pdf.drawing import Sheet


class Sample(NamedTuple):
    script: str
    name: str
    course: str


SAMPLES = {
    "en": Sample("Latin", "Zoë Łukasz Marlow", "Data analysis for beginners"),
    "ar": Sample("Arabic", "محمد عبد الله الحسيني", "مقدمة في Python للمبتدئين"),
    "zh": Sample("Chinese", "王小明", "数据分析入门"),
    "hi": Sample("Devanagari", "क्षितिज श्रीवास्तव", "हिन्दी व्याकरण"),
}
NUMBER = "0000-0000-0000-0000-0000-0000-0000"
"""A number no certificate has."""


def draw_sample(template: CertificateTemplate, script: str) -> bytes:
    sample, now = SAMPLES[script], timezone.now()
    ends = now + timedelta(days=30 * template.valid_months) if template.valid_months else None
    certificate = Certificate(
        template=template,
        number=NUMBER,
        learner_name=sample.name,
        course_title=sample.course,
        completed_at=now,
        issued_at=now,
        valid_until=ends,
    )
    return Sheet(certificate, template).drawn()
