"""The languages certificates are written in, and their fixed phrases."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime


@dataclass(frozen=True)
class Phrases:
    """`heading`, `certifies`, the name, `completed`, the course, `on`, and what stands at the foot."""

    name: str
    heading: str
    certifies: str
    completed: str
    on: str
    valid_until: str
    number: str
    verify: str
    locale: str
    is_right_to_left: bool = False


PHRASES: dict[str, Phrases] = {
    "en": Phrases(
        "English",
        "Certificate of completion",
        "This certifies that",
        "has successfully completed the course",
        "on {date}",
        "Valid until {date}",
        "Certificate number",
        "Check this certificate at",
        "en",
    ),
    "de": Phrases(
        "German",
        "Teilnahmezertifikat",
        "Hiermit wird bescheinigt, dass",
        "den Kurs erfolgreich abgeschlossen hat:",
        "am {date}",
        "Gültig bis {date}",
        "Zertifikatsnummer",
        "Dieses Zertifikat prüfen unter",
        "de",
    ),
    "fr": Phrases(
        "French",
        "Certificat de réussite",
        "Nous certifions que",
        "a suivi avec succès le cours",
        "le {date}",
        "Valable jusqu’au {date}",
        "Numéro du certificat",
        "Vérifier ce certificat à l’adresse",
        "fr",
    ),
    "es": Phrases(
        "Spanish",
        "Certificado de finalización",
        "Se certifica que",
        "ha completado con éxito el curso",
        "el {date}",
        "Válido hasta el {date}",
        "Número de certificado",
        "Compruebe este certificado en",
        "es",
    ),
    "ar": Phrases(
        "Arabic",
        "شهادة إتمام",
        "نشهد بأن",
        "أتمّ بنجاح الدورة",
        "بتاريخ {date}",
        "صالحة حتى {date}",
        "رقم الشهادة",
        "للتحقق من هذه الشهادة",
        "ar",
        is_right_to_left=True,
    ),
    "zh": Phrases(
        "Chinese",
        "结业证书",
        "兹证明",
        "已成功完成课程",
        "日期：{date}",
        "有效期至 {date}",
        "证书编号",
        "请在此处核验本证书",
        "zh-hans",
    ),
    "hi": Phrases(
        "Hindi",
        "पूर्णता प्रमाणपत्र",
        "यह प्रमाणित किया जाता है कि",
        "ने यह पाठ्यक्रम सफलतापूर्वक पूरा किया है",
        "दिनांक {date}",
        "{date} तक मान्य",
        "प्रमाणपत्र संख्या",
        "इस प्रमाणपत्र की जाँच यहाँ करें",
        "hi",
    ),
}
CHOICES = [(code, phrases.name) for code, phrases in PHRASES.items()]
ORIGINAL = "en"


def language_for(course_language: str) -> str:
    """The language of a certificate for a course taught in this one; one we do not have becomes English."""
    code = course_language.partition("-")[0]
    return code if code in PHRASES else ORIGINAL


def day_in(language: str, moment: datetime) -> str:
    """A day as people write it in this language."""
    with translation.override(PHRASES[language].locale):
        return date_format(localtime(moment), "j F Y" if language == ORIGINAL else "DATE_FORMAT")
