"""The reconciliation service: spreadsheets of others matched with our graph (W3C Entity Reconciliation API)."""
