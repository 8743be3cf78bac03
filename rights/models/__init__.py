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
    UNDECIDED,
    Erasure,
    ErasureGround,
    ErasureLine,
    ErasureState,
)
from rights.models.holds import (
    Hold,
    HoldGround,
    HoldWords,
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
from rights.models.retention import (
    LongerKept,
    Schedule,
)

__all__ = [
    "ANSWERED",
    "OPEN",
    "UNDECIDED",
    "CopyReason",
    "CopyState",
    "CopyWay",
    "Erasure",
    "ErasureGround",
    "ErasureLine",
    "ErasureState",
    "Export",
    "ExportState",
    "Hold",
    "HoldGround",
    "HoldWords",
    "LeftOut",
    "LeftOutReason",
    "LocalHolidays",
    "LongerKept",
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
    "Schedule",
    "SubjectRequest",
    "SubjectRequestWords",
]
