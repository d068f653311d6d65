"""What of accounts, profiles and sign-ins is about a person."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from apps.accounts.about import SELF, Personal, about_people, erased_email, erased_name, left_out
from apps.accounts.models import LoginEvent, Profile, User
from apps.audit.models import AccessEvent, ChangeSet

about_people(
    Personal(
        model=User,
        path=SELF,
        title="account",
        secret=frozenset({"password"}),
        blanks={
            "email": erased_email,
            "username": None,
            "first_name": "",
            "last_name": erased_name,
        },
    ),
    Personal(
        model=Profile,
        blanks={
            "profile_picture": "",
            "date_of_birth": None,
            **dict.fromkeys(
                (
                    "bio",
                    "phone_number",
                    "address",
                    "city",
                    "state",
                    "country",
                    "postal_code",
                    "website",
                    "linkedin",
                    "twitter",
                    "github",
                    "expertise",
                    "educational_background",
                    "interests",
                ),
                "",
            ),
        },
    ),
    Personal(
        model=LoginEvent,
        blanks={
            "email": erased_email,
            "ip_address": None,
            **dict.fromkeys(("user_agent", "device", "browser", "os", "location", "reason"), ""),
        },
    ),
    Personal(model=EmailAddress, title="e-mail addresses", goes=True),
    Personal(model=Authenticator, title="second factors", secret=frozenset({"data"}), goes=True),
    Personal(model=UserSession, title="sessions", secret=frozenset({"session_key"}), goes=True),
    Personal(
        model=ChangeSet,
        path="actor",
        title="what they changed",
        secret=frozenset({"title", "reason"}),  # they may name others
        blanks={"ip_address": None},
    ),
    Personal(
        model=AccessEvent,
        path="actor",
        title="refusals and visits",
        secret=frozenset({"detail"}),
        blanks={"ip_address": None},
    ),
)
left_out |= {
    "accounts.user.archived_by": "It says who archived somebody's account: a fact about that account.",
    "accounts.loginevent.by": "It says who helped somebody to sign in: a fact about the one who was helped.",
    "audit.accessevent.seen_as": "It says as whom an administrator looked at the console: a fact about that visit.",
    "admin.logentry.user": "Django's log is not kept.",
    "guardian.userobjectpermission.user": "The table stays empty: rights stand on courses and categories.",
    "accounts.user_groups.user": "It follows from the roles.",
    "accounts.user_user_permissions.user": "It stays empty: permissions come from roles.",
}
