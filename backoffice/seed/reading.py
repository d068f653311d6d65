"""Reading the hand-written words of the demo platform: what is taught, and what people are called."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class CourseIdea:
    title: str
    level: str
    price: int
    subtitle: str


@dataclass(frozen=True, slots=True)
class Topic:
    """What a module is about, and the concepts its lessons take up one after the other."""

    title: str
    concepts: list[str]


@dataclass(slots=True)
class Subject:
    """A category with courses in it."""

    root: str
    name: str
    prefix: str
    icon: str
    description: str = ""
    courses: list[CourseIdea] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Names:
    first: list[str]
    last: list[str]
    places: list[tuple[str, str]]


@cache
def subjects() -> list[Subject]:
    """Everything in the catalog files, in their order."""
    found: list[Subject] = []
    for file in ("catalog_technology.txt", "catalog_business.txt", "catalog_creative.txt"):
        for line in (HERE / file).read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                place, _, marks = line[1:].partition("]")
                (root, name), (prefix, icon) = place.split("/"), marks.split()
                found.append(Subject(root, name, prefix, icon))
            elif line.startswith("* "):
                title, level, price, subtitle = line[2:].split(" | ")
                found[-1].courses.append(CourseIdea(title, level, int(price), subtitle))
            elif line.startswith("- "):
                title, _, concepts = line[2:].partition(": ")
                found[-1].topics.append(Topic(title, concepts.split("; ")))
            elif line and not line.startswith("#"):
                found[-1].description = line
    return found


@cache
def names() -> Names:
    lines = (HERE / "names.txt").read_text(encoding="utf-8").splitlines()
    words = {kind: rest.split() for kind, _, rest in (line.partition(": ") for line in lines)}
    places = [tuple(place.replace("_", " ").split("/")) for place in words["places"]]
    return Names(words["first"], words["last"], [(city, country) for city, country in places])
