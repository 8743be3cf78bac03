"""What a client sees of their own record. No models."""
