"""The screens of certificates, and what they put on the pages of enrollments, people and courses."""

from admin_theme.offers import selection_offers
from apps.accounts.panels import people_panels
from apps.catalog.tabs import course_tabs
from apps.certificates.admin.bundle import CertificateBundleAdmin
from apps.certificates.admin.certificate import CertificateAdmin
from apps.certificates.admin.inline import CertificateInline
from apps.certificates.admin.issuing import issue_offer
from apps.certificates.admin.note import CertificateNoteAdmin
from apps.certificates.admin.pdf_files import bundle_offer
from apps.certificates.admin.template import CertificateTemplateAdmin
from apps.certificates.panels import certificates_tab, course_tab
from apps.enrollments.tabs import enrollment_tabs

__all__ = ["CertificateAdmin", "CertificateBundleAdmin", "CertificateNoteAdmin", "CertificateTemplateAdmin"]

enrollment_tabs.append(certificates_tab)
course_tabs.append(course_tab)
people_panels.append(CertificateInline)
selection_offers += [issue_offer, bundle_offer]
