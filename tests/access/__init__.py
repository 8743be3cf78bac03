"""What each role may do with each address. A new URL without a row fails the tests."""
