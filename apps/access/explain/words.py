"""What people may do, in words that come before a noun."""

from apps.records.policy import Policy

WORDS = {
    "view": "see",
    "archive": "archive or restore",
    "import": "bring changes from a file to",
    "publish": "publish or unpublish",
    "grant": "give rights on",
    "manage_students": "manage the learners of",
    "view_analytics": "see the figures of",
    "price": "set the price of",
    "instructor": "choose the instructors of",
    "suspend": "suspend or reactivate",
    "unlock": "lift the sign-in lock of",
    "reset_password": "send a password mail to",
    "end_sessions": "end the sessions of",
    "set_role": "change the roles of",
    "remove_factors": "remove the second factors of",
    "see_as": "see the console as",
    "explain": "ask “May they …?” about",
    "hand_over": "hand over everything held about",
    "erase": "erase the personal data of",
    "retry": "start again",
    "run": "run now",
    "undo": "take back",
    "withdraw": "take away",
    "read": "mark as read",
    "decide": "decide on",
    "trace": "see whether they read",
    "record": "record payments for",
    "figures": "see the revenue of",
    "apply": "send in again the application of",
}


def words_for(verb: str) -> str:
    return WORDS.get(verb, verb.replace("_", " "))


def every(the_policy: Policy) -> str:
    return str(the_policy.model._meta.verbose_name_plural)
