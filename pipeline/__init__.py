"""From sources to published tables: ingest, store, reconcile, publish, show."""
