"""Pages of erasures: proposing one, deciding and steering it, telling who received something."""
