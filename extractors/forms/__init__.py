"""Forms in grids, recognised by their labels whatever the file they came from."""
