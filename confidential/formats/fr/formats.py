"""French: a date and a time are joined by a word. The rest is as Django has it."""

DATETIME_FORMAT = "j F Y à H:i"
