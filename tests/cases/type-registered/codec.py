"""A column type of the user's own: lap times such as `1:05`, held as seconds."""

from docrel.values.codecs import register_codec


def encode(value: object) -> int | None:
    """Return the seconds of `minutes:seconds`; None where the value is no lap time."""
    minutes, _, seconds = str(value).partition(":")
    return int(minutes) * 60 + int(seconds) if minutes.isdigit() and seconds.isdigit() else None


def decode(stored: int) -> str:
    """Return seconds as `minutes:seconds`."""
    return f"{stored // 60}:{stored % 60:02}"


register_codec("lap_time", storage="integer", encode=encode, decode=decode)
