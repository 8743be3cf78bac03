"""Information that leaves, exceptionally: request, decision, release, receipt."""
