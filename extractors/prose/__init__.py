"""Running text: the outline of a document, the lines of final accounts, amounts and claims."""
