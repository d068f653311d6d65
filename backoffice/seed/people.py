"""The people of the demo platform: staff, instructors, and everybody who learns."""

import csv
import random
import secrets
import unicodedata
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from apps.access.models import Role, RoleAssignment
from apps.access.roles import INSTRUCTOR, MANAGER, MODERATOR, SUPPORT
from apps.accounts.models import LoginEvent, Profile, User
from apps.catalog.rights import RIGHTS
from backoffice.seed.reading import Subject, names
from backoffice.seed.writing import World, write_all

COMPANY = "lanternacademy.example"
STAFF = (
    ("Ada", "Winters", User.Role.ADMINISTRATOR, None),
    ("Meg", "Calloway", User.Role.STAFF, MANAGER),
    ("Tomás", "Ribeiro", User.Role.STAFF, MODERATOR),
    ("Priya", "Raman", User.Role.STAFF, SUPPORT),
)
# One person for each right, with that right on one course and nothing else.
HELPERS = (
    ("Vera", "Lindqvist"),
    ("Eddie", "Marsh"),
    ("Paloma", "Reyes"),
    ("Stella", "Okonkwo"),
    ("Anton", "Keller"),
    ("Imogen", "Hale"),
    ("Xavier", "Moreau"),
    ("Greta", "Sandoval"),
)
INSTRUCTORS = 25
INSTRUCTORS_WITH_PASSWORD = 3
LEARNERS = 2000
FREE_MAIL = ("example.com", "example.net", "example.org")
BROWSERS = (
    (
        "Desktop",
        "Firefox",
        "Windows",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
    ),
    ("Desktop", "Chrome", "macOS", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/130.0.0.0 Safari/537.36"),
    (
        "Phone",
        "Safari",
        "iOS",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari",
    ),
    ("Phone", "Chrome", "Android", "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/130.0.0.0 Mobile Safari/537.36"),
)


@dataclass
class People:
    administrator: User
    manager: User
    moderator: User
    helpers: dict[str, User]
    instructors: list[User]
    learners: list[User] = field(default_factory=list)
    passwords: list[tuple[str, str, str]] = field(default_factory=list)

    def write_accounts(self, file: Path) -> None:
        """Keeps the addresses and passwords where only the owner of the installation can read them."""
        table = StringIO()
        csv.writer(table).writerows([("email", "password", "role"), *self.passwords])
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_text(table.getvalue(), encoding="utf-8")


class Addresses:
    """E-mail addresses made from names, each given out once."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def give(self, first: str, last: str, domain: str) -> str:
        plain = unicodedata.normalize("NFKD", f"{first}.{last}").encode("ascii", "ignore").decode().lower()
        address, number = f"{plain}@{domain}", 1
        while address in self.taken:
            number += 1
            address = f"{plain}{number}@{domain}"
        self.taken.add(address)
        return address


def make_people(world: World, subjects: list[Subject]) -> People:
    """Staff, helpers with exactly one right each, instructors and learners, with their roles and profiles."""
    dice, addresses = world.dice("people"), Addresses()

    def person(first: str, last: str, role: str, domain: str = COMPANY, *, days_ago: tuple[int, int]) -> User:
        moment = world.moment(dice, days_ago=days_ago)
        email = addresses.give(first, last, domain)
        user = User(email=email, first_name=first, last_name=last, role=role, created_at=moment)
        user.set_unusable_password()
        return user

    staff = [person(first, last, role, days_ago=(1100, 1300)) for first, last, role, _ in STAFF]
    helpers = [person(first, last, User.Role.INSTRUCTOR, days_ago=(300, 600)) for first, last in HELPERS]
    pairs = name_pairs(dice)
    instructors = [
        person(*next(pairs), User.Role.INSTRUCTOR, days_ago=(700, 1090)) for _ in range(world.many(INSTRUCTORS))
    ]
    learners = []
    for _ in range(world.many(LEARNERS)):
        newest = dice.choice((30, 180, 400))
        learner = person(*next(pairs), User.Role.STUDENT, dice.choice(FREE_MAIL), days_ago=(1, newest + 365))
        learner.status = dice.choices(User.Status.values, (95, 3, 1, 1))[0]
        learners.append(learner)

    everybody = [*staff, *helpers, *instructors, *learners]
    for user in everybody:
        user.apply_role()
    people = People(staff[0], staff[1], staff[2], dict(zip(RIGHTS, helpers, strict=True)), instructors, learners)
    give_passwords(people, staff)
    write_all(everybody)
    give_roles([*zip(staff, [role for *_, role in STAFF], strict=True), *((user, INSTRUCTOR) for user in instructors)])
    write_all(profiles(dice, instructors, learners, subjects))
    LoginEvent.objects.bulk_create(sign_ins(world, [*staff, *helpers, *instructors], learners))
    return people


def name_pairs(dice: random.Random) -> "zip[tuple[str, str]]":
    """First and last names that rarely repeat as a pair."""
    words = names()
    number = len(words.first) * len(words.last)
    order = dice.sample(range(number), number)
    return zip(
        (words.first[place % len(words.first)] for place in order),
        (words.last[place // len(words.first)] for place in order),
        strict=True,
    )


def give_passwords(people: People, staff: list[User]) -> None:
    """A random password for everybody one may want to sign in as; nobody else can sign in."""
    labels = [(user, role or "administrator") for user, (*_, role) in zip(staff, STAFF, strict=True)]
    labels += [(user, "instructor") for user in people.instructors[:INSTRUCTORS_WITH_PASSWORD]]
    labels += [(user, f"co-instructor ({right} only)") for right, user in people.helpers.items()]
    for user, label in labels:
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        people.passwords.append((user.email, password, label))


def give_roles(holders: list[tuple[User, str | None]]) -> None:
    roles = {role.name: role.pk for role in Role.objects.all()}
    given = [(user, roles[name]) for user, name in holders if name]
    User.groups.through._base_manager.bulk_create(
        User.groups.through(user_id=user.pk, group_id=role) for user, role in given
    )
    write_all([RoleAssignment(user=user, role_id=role, assigned_at=user.created_at) for user, role in given])


def profiles(
    dice: random.Random, instructors: list[User], learners: list[User], subjects: list[Subject]
) -> list[Profile]:
    """All instructors say who they are; two learners in five say where they live."""
    made = []
    for number, user in enumerate(instructors):
        subject = subjects[number % len(subjects)]
        city, country = dice.choice(names().places)
        years = dice.randint(3, 22)
        bio = f"{user.first_name} has worked in {subject.name.lower()} for {years} years and teaches from {city}."
        made.append(
            Profile(
                user=user, bio=bio, city=city, country=country, expertise=subject.name, teaching_experience=years // 2
            )
        )
    for user in learners:
        if dice.random() < 0.4:
            city, country = dice.choice(names().places)
            marketing = dice.random() < 0.3
            made.append(Profile(user=user, city=city, country=country, receive_marketing_emails=marketing))
    for profile in made:
        profile.created_at = profile.user.created_at
    return made


def sign_ins(world: World, staff: list[User], learners: list[User]) -> list[LoginEvent]:
    """Sixty days of people signing in, and of a few who forgot their password."""
    dice = world.dice("sign-ins")
    events = []
    for user in dice.choices(staff, k=world.many(400)) + dice.choices(learners, k=world.many(1200)):
        device, browser, os, agent = dice.choice(BROWSERS)
        failed = dice.random() < 0.06
        events.append(
            LoginEvent(
                user=user,
                email=user.email,
                outcome=LoginEvent.Outcome.FAILURE if failed else LoginEvent.Outcome.SUCCESS,
                occurred_at=world.moment(dice, days_ago=(0, 60)),
                ip_address=f"203.0.113.{dice.randint(1, 254)}",
                user_agent=agent,
                device=device,
                browser=browser,
                os=os,
            )
        )
    return sorted(events, key=lambda event: event.occurred_at)
