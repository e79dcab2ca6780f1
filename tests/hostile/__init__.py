"""Files made to hurt a reader, made when the tests run."""
