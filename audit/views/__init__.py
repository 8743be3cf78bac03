"""Pages of the log for the data-protection lead, one topic a file."""
