"""How long what is kept: the schedule, records whose time is over, and what goes by itself."""
