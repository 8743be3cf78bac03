"""How dates and times are written in French."""
