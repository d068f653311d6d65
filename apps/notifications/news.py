"""What every installation tells people: the end of background work, their account, and mails that gather others."""

from apps.notifications.kinds import Kind, register_kinds

GATHERED = {
    "number": "3",
    "list": "A right was asked for\nThe import of lessons.csv is done\nA seat became free",
}
GATHERED_HTML = '<p>Hello {name},</p>\n{list}\n<p><a href="{link}">All your notifications</a></p>'

register_kinds(
    Kind(key="job", title="Background work you asked for", about="It failed, or is done after you left."),
    Kind(
        key="account",
        title="Your account, sign-in and personal data",
        about="A new password, another address, a second factor, sessions that were ended.",
        cannot_be_off="Somebody else may be behind it, so it always reaches you.",
        samples={"closing": "If you did not ask for this, tell an administrator at once."},
        text="Hello {name},\n\n{text}\n\n{closing}\n\n{console}",
        html='<p>Hello {name},</p>\n<p>{text}</p>\n<p>{closing}</p>\n<p><a href="{console}">To the console</a></p>',
    ),
    Kind(
        key="several",
        title="Several notifications in one mail",
        is_chosen=False,
        samples=GATHERED,
        subject="{number} notifications wait for you",
        text="Hello {name},\n\n{list}",
        html=GATHERED_HTML,
    ),
    Kind(
        key="digest",
        title="Digest",
        is_chosen=False,
        samples={**GATHERED, "period": "daily"},
        subject="Your {period} digest: {number} notifications",
        text="Hello {name},\n\nthis is your {period} digest.\n\n{list}\n\n{link}",
        html=GATHERED_HTML,
    ),
)
