"""What can be done with disclosures. One function an act."""
