"""What every room stands on: who may do what, opening a record, names of a list, the home page's registry."""
