"""Bytes of a published report in, records with their places out."""
