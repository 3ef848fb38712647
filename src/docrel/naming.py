"""Stub."""


def check_names(plan: object, spec: object, outline: object, findings: object) -> None:
    """Stub."""
