"""Records of files: each is a document, and a file comes back whole as its records are stored now.

Random mappings, files with what surrounds their records, spelled oddly, imported again with records changed, put in,
taken out, moved and of one key; two files of one name. Dictionaries stand for the database: what is stored under each
key, and of each file, the keys of its records. DOCREL_FAULTS=all tries more.
"""

from __future__ import annotations

import copy
import os
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from mappings import Mappings
from spelled_texts import spelled
from test_minimal_writes import a_version

from docrel import compile, spec
from docrel.diagnostics import DocumentError, MappingError, StoreError
from docrel.documents import FilePlaces, Surroundings, read_documents
from docrel.layout import typed_key
from docrel.plan import Plan
from docrel.selectors import parse
from docrel.store import (
    OnConflict,
    Store,
    import_documents,
    keep_surroundings,
    open_store,
    record_file,
    record_files,
    text_of,
)
from docrel.testing.documents import Documents, junk
from docrel.testing.laws import Laws
from docrel.values import jsontext

ROUNDS = 1500 if os.environ.get("DOCREL_FAULTS") == "all" else 25
CLOCK = "2030-01-01T00:00:00Z"
PLACES = ("$[*]", "$.data[*]", "$.a.b[*]", "$.pages[*].data[*]", '$["it\'s"][*]')


def a_plan(random: Random) -> Plan:
    while True:
        try:
            plan = compile.compile(spec.loads(Mappings(random).text()))
        except MappingError:
            continue
        if not plan.forget:
            return plan


@dataclass(frozen=True, slots=True)
class Shape:
    """What surrounds the records of a file: `place` is their path, of several arrays the first has `first` of them."""

    place: str
    around: dict[str, Any]
    inner: dict[str, Any]
    first: int

    def filled(self, records: list[Any]) -> Any:
        """Return the file's content."""
        match self.place:
            case "$[*]":
                return records
            case "$.a.b[*]":
                return {**self.around, "a": {**self.inner, "b": records}, "z": self.inner}
            case "$.pages[*].data[*]":
                pages = [
                    {"data": records[: self.first], **self.inner},
                    self.around,
                    {"n": 1, "data": records[self.first :]},
                ]
                return {"pages": pages, **self.around}
        return {**self.around, "data" if self.place == "$.data[*]" else "it's": records, "more": self.inner}


def a_shape(random: Random) -> Shape:
    around, inner = (
        {f"m{name}": value for name, value in (_object(random, random.randint(0, 2))).items()} for _ in range(2)
    )
    return Shape(random.choice(PLACES), around, inner, random.randint(0, 2))


def _object(random: Random, size: int) -> dict[str, Any]:
    return {f"{n}{random.choice(('', 'é', '.'))}": junk(random, 2) for n in range(size)}


@dataclass
class Version:
    """A file as it was imported: its records, and by their numbers the keys of those that are stored."""

    shape: Shape
    records: list[Any]
    keys: dict[int, Any] = field(default_factory=dict)
    gave_way: bool = False  # one of them to another document of its key

    @property
    def left_out(self) -> set[int]:
        return set(range(len(self.records))) - self.keys.keys()


class Round:
    """One database, and the files that come into it."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.random, self.plan, self.folder = random, a_plan(random), folder
        self.database = folder / "records.db"
        self.made, self.laws = Documents(self.plan), Laws(self.plan)
        self.stored: dict[Any, tuple[Any, Any]] = {}  # by its key, which is spelled with its type
        self.whole: dict[Path, Version] = {}
        self.last: dict[Path, Version] = {}
        self.model = open_store(":memory:", self.plan, clock=lambda: CLOCK)
        for name in ("p1", "p2"):
            (folder / name).mkdir()

    def run(self, ends: Counter[str]) -> None:
        """Bring files, some of them again, and see after each step that documents and files are as they should be."""
        open_store(self.database, self.plan, clock=lambda: CLOCK).close()
        for _ in range(self.random.choice((1, 2, 4, 6))):
            if self.stored and self.random.random() < 0.15:
                self.delete(ends)
            else:
                self.bring(ends)
            with open_store(self.database, clock=lambda: CLOCK) as store:
                self.check_documents(store)
                for file in self.last:
                    ends[self.check_file(store, file)] += 1
        self.model.close()

    def delete(self, ends: Counter[str]) -> None:
        key, _ = self.stored.pop(self.random.choice(list(self.stored)))
        with open_store(self.database, clock=lambda: CLOCK) as store:
            store.delete(key)
        self.model.delete(key)
        ends["deleted"] += 1

    def bring(self, ends: Counter[str]) -> None:
        """Import a file, of which the database may have another version."""
        random = self.random
        file = self.folder / random.choice(("p1/r.json", "p2/r.json", "p1/other.json"))
        before = self.last.get(file)
        records = self.next_records(before.records if before is not None else [])
        version = Version(before.shape if before is not None and random.random() < 0.7 else a_shape(random), records)
        file.write_bytes(spelled(random, version.shape.filled(records)).encode())
        how: OnConflict = random.choice(("refuse", "replace", "replace", "skip"))
        out = self.imported(file, version, how)
        with self.model.transaction():  # a record may refer to one behind it
            for number, record in enumerate(records):
                if number not in out:
                    self.put(file, version, number, record)
        ends.update(("refused",) * len(out) + ("stored",) * (len(records) - len(out)))
        self.last[file] = version
        if not version.left_out:
            self.whole[file] = version

    def put(self, file: Path, version: Version, number: int, record: Any) -> None:
        key = self.model.put(record, self.name_of(file, version, number)).key
        self.stored[typed_key(key)] = key, record
        version.keys[number] = key

    def name_of(self, file: Path, version: Version, number: int) -> str:
        """Return what a record that has no key is called."""
        way, inner = version.shape.place.removeprefix("$").removesuffix("[*]"), number
        if "[*]" in way:
            page, inner = (0, number) if number < version.shape.first else (2, number - version.shape.first)
            way = way.replace("[*]", f"[{page}]")
        return f"{file.stem}{way}[{inner}]"

    def next_records(self, records: list[Any]) -> list[Any]:
        """Return the records that a file has next: some as before, changed, new, moved, gone or there twice."""
        random, records = self.random, copy.deepcopy(records)
        for _ in range(random.choice((1, 2, 4)) if records else random.choice((0, 1, 3, 7))):
            at = random.randint(0, len(records))
            match random.random():
                case chance if chance < 0.4 or not records:
                    records.insert(at, self.a_record())
                case chance if chance < 0.55:
                    del records[at - 1]
                case chance if chance < 0.75:
                    records[at - 1] = a_version(random, records[at - 1])
                case chance if chance < 0.85:
                    records.insert(at, copy.deepcopy(random.choice(records)))
                case _:
                    random.shuffle(records)
        return [record for record in records if _is_json(record)]

    def a_record(self) -> Any:
        """Return a new record, seldom one that the mapping's constraints forbid."""
        found = [self.made.one(self.random) for _ in range(5)]
        good = [one for one in found if _is_json(one) and not self.laws.against(one)]
        return good[0] if good and self.random.random() < 0.95 else found[0]

    def imported(self, file: Path, version: Version, how: OnConflict) -> set[int]:
        """Import a file; returns the numbers of the records that stay out."""
        around: list[Surroundings] = []
        out: set[int] = set()

        def hear(document: Any, diagnostics: Any) -> None:
            number = document.record[1]
            assert jsontext.same(document.document, version.records[number])
            assert number not in out
            out.add(number)
            version.gave_way |= diagnostics[0].code in {"D321", "D325"}

        path = parse(version.shape.place).path
        with open_store(self.database, clock=lambda: CLOCK) as store:
            found = read_documents(
                [file], self.plan, database=self.database, records=path, on_surroundings=around.append
            )
            import_documents(store, found, on_conflict=how, on_refused=hear, on_skipped=hear)
            keep_surroundings(store, around)
        assert [one.records for one in around] == [len(version.records)]
        return out

    def check_documents(self, store: Store) -> None:
        """Check that each record is a document of its own, equal to the element that it was."""
        scanned = {typed_key(key): document for key, document in store.scan()}
        assert scanned.keys() == self.stored.keys()
        for key, (name, document) in self.stored.items():
            assert jsontext.same(scanned[key], document), f"{name!r} is {scanned[key]}, not {document}"

    def check_file(self, store: Store, file: Path) -> str:
        """Check what is given back of a file; what its last import left out keeps nothing else from coming back."""
        last, before = self.last[file], self.whole.get(file)
        found = self.given_back(store, file)
        if not last.left_out:
            return self.check_given(found, last)
        if before is None:
            assert isinstance(found, StoreError), "a file of which records are not stored"
            return "never stored"
        is_behind = min(last.left_out) >= min(len(before.records), len(last.records))
        if is_behind and not last.gave_way and isinstance(found, StoreError):
            return "longer than what is stored"
        return f"before, {self.check_given(found, before)}"

    def check_given(self, found: tuple[Any, set[Any]] | StoreError, version: Version) -> str:
        keys = [typed_key(version.keys[number]) for number in range(len(version.records))]
        if not self.stored.keys() >= set(keys):
            assert isinstance(found, StoreError) and "no more" in str(found)
            return "record gone"
        assert not isinstance(found, StoreError), f"not given back: {found}"
        content, changed = found
        wanted = version.shape.filled([self.stored[key][1] for key in keys])
        difference = jsontext.first_difference(wanted, content)
        assert difference is None, difference
        others = {k for k, was in zip(keys, version.records, strict=True) if not jsontext.same(self.stored[k][1], was)}
        assert changed == others
        return "changed" if others else "whole"

    def given_back(self, store: Store, file: Path) -> tuple[Any, set[Any]] | StoreError:
        """Return the content of a file as it is given back, and the keys of the records that are told as changed."""
        changed: set[Any] = set()
        try:
            kept = record_file(store, str(file), FilePlaces(self.database).of(file))
            text = b"".join(text_of(store, kept, lambda key: changed.add(typed_key(key))))
        except StoreError as e:
            return e
        return jsontext.loads(text), changed


def _is_json(record: Any) -> bool:
    try:
        jsontext.check_value([[[[record]]]])
    except DocumentError:
        return False
    return True


def one_round(seed: int, ends: Counter[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="docrel-records-") as folder:
        Round(Path(folder), Random(seed)).run(ends)


def test_records_are_documents_and_their_file_comes_back() -> None:
    ends: Counter[str] = Counter()
    for seed in range(ROUNDS):
        one_round(seed, ends)
    assert ends["whole"] and ends["changed"] and ends["before, whole"] and ends["refused"] < ends["stored"]


# -- negative controls: what is broken is caught -----------------------------------------------------------------


def _by_name_alone(places: FilePlaces, file: Any) -> str:
    return Path(file).name


def _in_no_order(*arguments: Any) -> Any:
    return (page[::-1] for page in _PAGES(*arguments))


_PAGES = record_files._pages
BROKEN: dict[str, tuple[int, Any, str, Any]] = {
    "files are known by their names alone": (0, FilePlaces, "of", _by_name_alone),
    "records come back in another order": (2, record_files, "_pages", _in_no_order),
    "records that stay out are taken for stored": (1, record_files, "_left_out", lambda *_: 0),
    "records that give way are not noted": (19, record_files.RecordNotes, "give_way", lambda *_: None),
    "records are taken for what they were": (1, record_files, "_etag", lambda *_: "same"),
    "a file never takes the place of the one before": (1, record_files, "_take_place", lambda *_: ()),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *broken = BROKEN[name]
    monkeypatch.setattr(*broken)
    with pytest.raises(AssertionError):
        for seed in range(first, first + 60):
            one_round(seed, Counter())
