"""Who may know what of a client, why and until when: the ledger of grants as one page."""
