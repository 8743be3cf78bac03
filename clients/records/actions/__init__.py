"""What can be done here. One function an act; the log comes with each."""
