"""Use cases over ports; no vendor is imported here."""
