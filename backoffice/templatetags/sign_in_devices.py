"""What a browser calls itself, in words."""

from django import template

from apps.accounts.user_agents import read_user_agent

register = template.Library()


@register.filter
def device(user_agent: str) -> str:
    """ "Chrome on Linux" instead of the line a browser sends."""
    client = read_user_agent(user_agent)
    known = [part for part in (client.browser, client.os) if part]
    return " on ".join(known) or "An unknown browser"
