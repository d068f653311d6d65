"""Certificates as PDF files, in the scripts of their names and titles."""

from apps.certificates.pdf.drawing import address_to_check, draw_certificate
from apps.certificates.pdf.typesetting import Unwritable

__all__ = ["Unwritable", "address_to_check", "draw_certificate"]
