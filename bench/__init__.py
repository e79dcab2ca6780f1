"""Measurements of the whole line on generated documents: `make bench`."""
