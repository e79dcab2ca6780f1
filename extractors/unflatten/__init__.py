"""Flattened tables of text dumps, rebuilt into grids: separators first, then labels as anchors."""
