"""Pages of people who serve."""
