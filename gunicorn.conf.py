"""What gunicorn does when it is started in this folder: its log says as little as our own."""

from typing import Any

from gunicorn.glogging import Logger

from confidential.logs import PlainFormatter


class PlainLogger(Logger):
    """Errors without paths and addresses, and no list of requests: a path may be a key."""

    def setup(self, cfg: Any) -> None:
        """Set up what gunicorn sets up, in our form."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(PlainFormatter())

    def access(self, *_: Any) -> None:
        """Nothing, whatever was asked for on the command line."""


logger_class = PlainLogger
