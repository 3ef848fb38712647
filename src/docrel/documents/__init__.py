"""Documents: files and folders of JSON, read and written.

In: paths. Out: documents one by one with where they came from, or what is wrong with them; files of documents; the
quarantine of those that are refused; and what of documents the tables do not show, counted and in words.
"""

from __future__ import annotations

from docrel.documents.asides import Element, SetAside, SetAsides, set_aside
from docrel.documents.endings import bare_name, kind_of, unpacked_name
from docrel.documents.file_places import FilePlaces
from docrel.documents.files import STDIN, read_bytes
from docrel.documents.found_files import FoundFiles, PassedOver
from docrel.documents.input_document import InputDocument, as_input_document, several
from docrel.documents.meter import Meter, bytes_of
from docrel.documents.packing import packed
from docrel.documents.parts import WHOLE, member_of, part_path, parts_folder_in
from docrel.documents.quarantine import Quarantine, is_quarantine, refuse_other
from docrel.documents.reader import read_documents
from docrel.documents.records import TOP, OnSurroundings, Surroundings, array_of_objects, path_of_records
from docrel.documents.refusals import problem_diagnostic, shown_members
from docrel.documents.safe_names import joined_name, safe_name, told_apart, whole_names
from docrel.documents.shown_keys import shown_key, spelt
from docrel.documents.source_files import SourceFile, SourceFiles
from docrel.documents.twice import Again, read_twice
from docrel.documents.unfilled import Unfilled, Unseen, fillable, unfilled
from docrel.documents.unnamed import NewMember, UnnamedMembers
from docrel.documents.writer import pretty, write_file, write_new, write_workspace

__all__ = [
    "STDIN",
    "TOP",
    "WHOLE",
    "Again",
    "Element",
    "FilePlaces",
    "FoundFiles",
    "InputDocument",
    "Meter",
    "NewMember",
    "OnSurroundings",
    "PassedOver",
    "Quarantine",
    "SetAside",
    "SetAsides",
    "SourceFile",
    "SourceFiles",
    "Surroundings",
    "Unfilled",
    "UnnamedMembers",
    "Unseen",
    "array_of_objects",
    "as_input_document",
    "bare_name",
    "bytes_of",
    "fillable",
    "is_quarantine",
    "joined_name",
    "kind_of",
    "member_of",
    "packed",
    "part_path",
    "parts_folder_in",
    "path_of_records",
    "pretty",
    "problem_diagnostic",
    "read_bytes",
    "read_documents",
    "read_twice",
    "refuse_other",
    "safe_name",
    "set_aside",
    "several",
    "shown_key",
    "shown_members",
    "spelt",
    "told_apart",
    "unfilled",
    "unpacked_name",
    "whole_names",
    "write_file",
    "write_new",
    "write_workspace",
]
