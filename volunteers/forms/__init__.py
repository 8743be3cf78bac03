"""What people who serve fill in."""
