"""Values: what a printed string of a form says, as exact figures, units, operators and dates.

No function here raises on any text; each returns what the digits say and how fine they are, a
value of None for a printed blank, and None (text, for targets) for what only a guess could read.
"""

from extractors.amounts import (
    Amount,
    Points,
    Rate,
    money_unit,
    parse_amount,
    parse_points,
    parse_rate,
)
from extractors.dates import PrintedDate, parse_date, parse_year
from extractors.digits import has_number, is_blank
from extractors.targets import Value, parse_value

__all__ = [
    "Amount",
    "Points",
    "PrintedDate",
    "Rate",
    "Value",
    "has_number",
    "is_blank",
    "money_unit",
    "parse_amount",
    "parse_date",
    "parse_points",
    "parse_rate",
    "parse_value",
    "parse_year",
]
