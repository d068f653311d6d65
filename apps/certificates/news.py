"""What is told about certificates."""

from apps.notifications.kinds import Kind, register_kinds

SAMPLES = {
    "course": "Python from the first line",
    "number": "7KQ2-M4XD-9TRB-1CWA",
    "check": "https://console.example.org/verify/7KQ2-M4XD-9TRB-1CWA",
}
TEXT = "Hello {name},\n\n{text}\n\nNumber: {number}\n{check}"
HTML = (
    "<p>Hello {name},</p>\n<p>{text}</p>\n<p>Number: <strong>{number}</strong></p>\n"
    '<p><a href="{check}">What anybody sees who checks it</a></p>'
)

register_kinds(
    Kind(key="revocation_request", title="Somebody asks you to revoke a certificate", waits=True),
    Kind(
        key="learner.certificate_issued",
        title="Your certificate",
        about="It was issued to you.",
        samples=SAMPLES,
        text=TEXT,
        html=HTML,
    ),
    Kind(
        key="learner.certificate_replaced",
        title="A new certificate in place of yours",
        samples=SAMPLES,
        text=TEXT,
        html=HTML,
    ),
    Kind(
        key="learner.certificate_revoked",
        title="A certificate of yours that counts no more",
        cannot_be_off="You may want to answer, so it always reaches you.",
        samples=SAMPLES,
        text=TEXT,
        html=HTML,
    ),
)
