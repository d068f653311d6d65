"""What people are told, how they want to be told, and the mails about it."""

from model_bakery.recipe import Recipe, foreign_key
from model_bakery.utils import seq

from apps.accounts.models import User
from apps.notifications.models import DigestTime, Mail, MailTemplate, Notification, NotificationPreference
from apps.notifications.states import Way
from tests.recipes.accounts import person

staff = person.extend(role=User.Role.STAFF)

notification = Recipe(
    Notification, recipient=foreign_key(staff), kind="test", title=seq("Something, part "), mail=None, source=None
)
notification_preference = Recipe(NotificationPreference, user=foreign_key(person), kind="job", way=Way.DAILY)
digest_time = Recipe(DigestTime, user=foreign_key(person), hour=9)
mail_template = Recipe(MailTemplate, kind=seq("recipe-"), subject="About {title}", text="Hello {name}", html="")
mail = Recipe(
    Mail,
    recipient=foreign_key(person),
    to=seq("reader-", suffix="@example.org"),
    kind="account",
    subject=seq("Something, part "),
    text="Words for one reader.",
    sent_at=None,
)
