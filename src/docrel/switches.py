"""Stub."""


def check_switches(plan: object, outline: object, findings: object) -> None:
    """Stub."""
