"""The client's own log: who has seen the record, and the file that proves it."""
