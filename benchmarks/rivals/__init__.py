"""The logs that a user would pick instead, set up as their own pages say."""
