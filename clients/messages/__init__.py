"""Messages between clients in their own space and those who look after them, instead of e-mail."""
