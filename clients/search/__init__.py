"""Looking for a client among those whom one may see."""
