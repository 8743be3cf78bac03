"""Uploads stay in memory and within the limit: nothing plain is ever written to a temporary file.

What is longer than the limit is counted, not kept, so that the form can say how much too long it is.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class InMemoryHandler(FileUploadHandler):
    """Keeps at most ``UPLOAD_MAX_BYTES`` of all files of one request."""

    kept = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.content = BytesIO()
        self.length = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece, or only count it."""
        self.length += len(raw_data)
        if self.kept + len(raw_data) <= settings.UPLOAD_MAX_BYTES:
            self.kept += len(raw_data)
            self.content.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """The file, with the length that was sent."""
        self.content.seek(0)
        return InMemoryUploadedFile(
            self.content,
            self.field_name,
            self.file_name,
            self.content_type,
            self.length,
            self.charset,
            self.content_type_extra,
        )
