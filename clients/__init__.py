"""Enquiries, client records, explanations, contacts and who may see them."""
