"""What can be done with people, duties and the code. One function an act."""
