"""What clients ask for: access, correction, deletion, and their exports."""
