"""Browsers describe themselves; we read just enough to recognize a sign-in."""

import pytest

from apps.accounts.user_agents import Client, read_user_agent


@pytest.mark.parametrize(
    ("text", "client"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
            "Safari/537.36 Edg/130.0.2849.68",
            Client("Computer", "Edge 130", "Windows"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.1 Mobile/15E148 Safari/604.1",
            Client("Phone", "Safari 18", "iOS"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 "
            "Safari/537.36",
            Client("Tablet", "Chrome 129", "Android"),
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.6 Safari/605.1.15",
            Client("Computer", "Safari 17", "macOS"),
        ),
        ("curl/8.5.0", Client("Program", "curl 8", "")),
        ("", Client("", "", "")),
    ],
)
def test_a_description_is_read_as_device_browser_and_system(text: str, client: Client) -> None:
    assert read_user_agent(text) == client
