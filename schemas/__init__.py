"""The contract as code: every table, column, identifier and interval that jixiao publishes."""
