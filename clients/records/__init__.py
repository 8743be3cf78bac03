"""A client's record: who, how to reach them safely, what was explained to them, their online space."""
