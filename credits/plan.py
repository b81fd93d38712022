"""A credit plan and the allowance it gives: the one place where that formula stands."""

from __future__ import annotations

from dataclasses import dataclass

from credits import CreditsError


@dataclass(frozen=True)
class Plan:
    """What an organization has bought, in credits per 24 hours.

    Source of the formula: Bigin and Zoho CRM, "API limits"
    (`available = min(base + users × per_user + add_on, cap)`).
    """

    base_limit: int = 50_000
    """Credits that come with the edition, whoever uses it."""
    users: int = 10
    """Users paid for."""
    credits_per_user: int = 250
    """Credits that each user adds."""
    add_on: int = 0
    """Credits bought on top."""
    cap: int | None = None
    """The most that the vendor gives, or None where there is no limit."""

    def __post_init__(self) -> None:
        for name in ("base_limit", "users", "credits_per_user", "add_on", "cap"):
            value = getattr(self, name)
            if value is not None and value < 0:
                words = name.replace("_", " ")
                raise CreditsError(f"The {words} can't be negative: it is {value:,}.")

    @property
    def uncapped(self) -> int:
        """Credits per 24 hours before the cap."""
        return self.base_limit + self.users * self.credits_per_user + self.add_on

    @property
    def allowance(self) -> int:
        """Credits per 24 hours."""
        return self.uncapped if self.cap is None else min(self.uncapped, self.cap)

    @property
    def is_capped(self) -> bool:
        """Whether the cap takes something away."""
        return self.cap is not None and self.uncapped > self.cap

    @property
    def at_cap(self) -> bool:
        """Whether the cap is reached, so that more users would add nothing."""
        return self.cap is not None and self.uncapped >= self.cap

    @property
    def users_at_cap(self) -> int | None:
        """The least number of users at which the cap is reached, or None where it never is."""
        if self.cap is None or self.credits_per_user == 0:
            return None
        missing = self.cap - self.base_limit - self.add_on
        return max(0, -(-missing // self.credits_per_user))

    @property
    def formula(self) -> str:
        """The allowance written out: `50,000 + 10 × 250 = 52,500`."""
        if self.is_capped:
            return f"{self._terms} = {self.uncapped:,}, {self.origin}"
        return f"{self._terms} = {self.allowance:,}"

    @property
    def origin(self) -> str:
        """What the allowance comes from, to stand beside it: its terms, or `capped at 40,000`."""
        return f"capped at {self.allowance:,}" if self.is_capped else self._terms

    @property
    def _terms(self) -> str:
        text = f"{self.base_limit:,} + {self.users:,} × {self.credits_per_user:,}"
        return f"{text} + {self.add_on:,}" if self.add_on else text
