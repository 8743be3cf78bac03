"""Log lines for whoever runs the machine: no values, no user input, no personal data."""

import logging
import traceback


class PlainFormatter(logging.Formatter):
    """Level, logger and message; of an exception its type and places, never its values.

    A database error quotes rows, and an exception's text can quote what somebody typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the frames of an exception."""
        text = f"{record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            places = " < ".join(
                f"{f.name} ({f.filename}:{f.lineno})" for f in reversed(frames[-8:])
            )
            text += f" [{record.exc_info[0].__name__} at {places}]"
        return text
