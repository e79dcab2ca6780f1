"""Wrong use: what the command line prints as one line and answers with exit code 2."""

from __future__ import annotations


class UserError(Exception):
    """What was asked for cannot be done; the message is one Chinese line for a person to act on."""
