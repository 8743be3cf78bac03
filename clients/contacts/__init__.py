"""The first contact and all later ones: enquiries, notes, files, drafts, follow-ups."""
