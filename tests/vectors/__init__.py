"""Published test vectors, and what they were made from."""
