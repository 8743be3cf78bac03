"""People who serve: accounts, duties, the code of confidentiality, sign-in."""
