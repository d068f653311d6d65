"""Instructors of the demo platform: those who teach, learners who want to, one rejected and one suspended."""

import random
from datetime import timedelta

from apps.accounts.models import Profile, User
from apps.audit.recording import operation
from apps.instructors.models import InstructorProfile
from apps.instructors.plan import fingerprint, suspension_plan
from apps.instructors.services import suspend_instructor
from apps.instructors.states import InstructorStatus, Tier
from backoffice.seed.people import COMPANY, INSTRUCTORS_WITH_PASSWORD, People
from backoffice.seed.writing import World, write_all

ORGANIZATION = COMPANY.partition(".")[0].replace("academy", " academy").title()
TITLES = ("Senior engineer", "Studio owner", "Consultant", "Lecturer", "Head of training", "Freelance designer")
WISHES = (
    "I have led workshops on spreadsheets for small companies for six years and would like to teach them here.",
    "My students asked me to put the evening class online; I bring slides, recordings and forty exercises.",
    "I play and teach the cello, and I miss a course for adults who begin late.",
    "I build online shops for a living and would like to show the whole way, from the first page to the first parcel.",
)
REJECTED_BECAUSE = "The sample lesson was taken from somebody else's course."
SUSPENDED_BECAUSE = "Two learners say that they were asked to pay for their certificates; we are looking into it."
TIERS, SHARES = list(Tier.values), (50, 30, 15, 5)


def make_instructor_profiles(world: World, people: People) -> None:
    """Everybody who teaches has been approved, most are verified; the newest learners' wishes wait."""
    dice = world.dice("instructor profiles")
    said = {profile.user_id: profile for profile in Profile.objects.filter(user__in=people.instructors)}
    made = [approved(dice, user, said[user.pk], people) for user in people.instructors]
    applicants = [user for user in people.learners if user.status == User.Status.ACTIVE][: len(WISHES) + 1]
    made += [
        InstructorProfile(
            user=user,
            title=dice.choice(TITLES),
            years_experience=dice.randint(1, 15),
            bio=WISHES[number % len(WISHES)],
            applied_at=world.now - timedelta(days=9 - 2 * number, hours=dice.randint(1, 9)),
        )
        for number, user in enumerate(applicants)
    ]
    for profile in made:
        profile.created_at = profile.applied_at
    if len(applicants) > len(WISHES):
        made[-1].status, made[-1].rejection_reason = InstructorStatus.REJECTED, REJECTED_BECAUSE
    write_all(made)


def approved(dice: random.Random, user: User, said: Profile, people: People) -> InstructorProfile:
    at = user.created_at
    profile = InstructorProfile(
        user=user,
        title=dice.choice(TITLES),
        organization=ORGANIZATION if dice.random() < 0.4 else "",
        years_experience=2 * said.teaching_experience,
        bio=said.bio,
        status=InstructorStatus.APPROVED,
        tier=dice.choices(TIERS, SHARES)[0],
        applied_at=at - timedelta(days=dice.randint(2, 12)),
        approved_at=at,
        approved_by=people.manager,
    )
    if dice.random() < 0.7:
        profile.is_verified, profile.verified_by = True, people.manager
        profile.verified_at = at + timedelta(days=1)
    return profile


def suspend_one(people: People) -> None:
    """Whoever leaves the fewest courses without somebody in the lead; those with a password stay."""
    plans = {
        profile: suspension_plan(profile.user)
        for profile in InstructorProfile.objects.filter(user__in=people.instructors[INSTRUCTORS_WITH_PASSWORD:])
        .select_related("user")
        .order_by("pk")
    }
    if not plans:
        return
    profile, plan = min(plans.items(), key=lambda one: (sum(p.needs_somebody for p in one[1]), -len(one[1])))
    with operation(by=people.manager, channel="screen"):
        suspend_instructor(
            profile,
            {part.course.pk: part.choices[0][0] for part in plan},
            shown=fingerprint(plan),
            by=people.manager,
            reason=SUSPENDED_BECAUSE,
        )
