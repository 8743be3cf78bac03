"""What can be done with clients and contacts. One function an act."""
