"""Stub."""


def check_claims(plan: object, outline: object, findings: object) -> None:
    """Stub."""
