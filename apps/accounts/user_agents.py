"""Reads a browser's own description of itself, just far enough to recognize a sign-in."""

import re
from dataclasses import dataclass

BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/(\d+)"),
    ("Opera", r"(?:OPR|Opera)/(\d+)"),
    ("Samsung Internet", r"SamsungBrowser/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:Chrome|CriOS|HeadlessChrome)/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* (?:Mobile/\S+ )?Safari"),
    ("curl", r"curl/(\d+)"),
)
SYSTEMS = (
    ("iOS", r"iPhone|iPad|iPod"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("macOS", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)
TABLETS = re.compile(r"iPad|Tablet|Android(?!.*Mobile)")
PHONES = re.compile(r"Mobi|iPhone|iPod")
MACHINES = re.compile(r"bot|crawl|spider|curl|wget|python|java/", re.IGNORECASE)


@dataclass(frozen=True)
class Client:
    """What the description says; empty words where it says nothing we know."""

    device: str
    browser: str
    os: str


def read_user_agent(text: str) -> Client:
    return Client(device_of(text), browser_of(text), system_of(text))


def device_of(text: str) -> str:
    if not text.strip():
        return ""
    if MACHINES.search(text):
        return "Program"
    if TABLETS.search(text):
        return "Tablet"
    return "Phone" if PHONES.search(text) else "Computer"


def browser_of(text: str) -> str:
    for name, pattern in BROWSERS:
        if found := re.search(pattern, text):
            return f"{name} {found.group(1)}"
    return ""


def system_of(text: str) -> str:
    return next((name for name, pattern in SYSTEMS if re.search(pattern, text)), "")
