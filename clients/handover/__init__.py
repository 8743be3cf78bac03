"""Changing hands: from volunteer to volunteer, from branch to branch, and after somebody left."""
