"""What clients ask about their own data, and the exports made for them."""

from rights.models.copies import (
    CopyReason,
    CopyState,
    CopyWay,
    Export,
    ExportState,
    LeftOut,
    LeftOutReason,
    PreparedCopy,
)
from rights.models.erasures import (
    Erasure,
    ErasureGround,
    ErasureLine,
    ErasureState,
)
from rights.models.names import (
    NamesDecision,
    NamesReason,
)
from rights.models.requests import (
    ANSWERED,
    OPEN,
    LocalHolidays,
    NoteHow,
    NoteKind,
    Quality,
    ReceivedBy,
    RequestKind,
    RequestNote,
    RequestState,
    SubjectRequest,
    SubjectRequestWords,
)

__all__ = [
    "ANSWERED",
    "OPEN",
    "CopyReason",
    "CopyState",
    "CopyWay",
    "Erasure",
    "ErasureGround",
    "ErasureLine",
    "ErasureState",
    "Export",
    "ExportState",
    "LeftOut",
    "LeftOutReason",
    "LocalHolidays",
    "NamesDecision",
    "NamesReason",
    "NoteHow",
    "NoteKind",
    "PreparedCopy",
    "Quality",
    "ReceivedBy",
    "RequestKind",
    "RequestNote",
    "RequestState",
    "SubjectRequest",
    "SubjectRequestWords",
]
