"""What people who serve meet: records, contacts, grants, explanations, enquiries."""
