"""Forms of requests: recording, noting, answering."""
