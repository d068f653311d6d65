"""Money as it is kept: whole hundredths of a currency, so that every database sums it exactly."""

from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


def to_minor(amount: Decimal) -> int:
    """49.90 is 4990. Raises `ValueError` for more than two decimals: money is never rounded in silence."""
    minor = amount * 100
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} has more than two decimals.")
    return int(minor)


def from_minor(minor: int) -> Decimal:
    return (Decimal(minor) / 100).quantize(HUNDREDTH)


def share_of(minor: int, part: int, whole: int) -> int:
    """This part of the whole of an amount, halves rounded up; exact until the last step."""
    return int((Decimal(minor) * part / whole).quantize(Decimal(1), ROUND_HALF_UP))


def in_words(minor: int, currency: str) -> str:
    """ "1,204.00 EUR"."""
    return f"{from_minor(minor):,.2f} {currency}"
