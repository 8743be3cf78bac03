"""The project: settings, URLs, start-up. No application imports it."""
