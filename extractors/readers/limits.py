"""Upper bounds on what one document may ask for, each with its reason.

Real reports stay far below them; beyond them a file is damaged or hostile, and reading on would
cost memory or time that belongs to the other documents.
"""

from __future__ import annotations

# Containers. A DOCX of 600 MB text fits in 0.6 MB of ZIP, and headers lie: bytes are counted while
# they are inflated, against these.
MAX_MEMBERS = 10_000  # entries of one ZIP
MAX_MEMBER_BYTES = 200_000_000  # one inflated entry; the largest real document.xml seen is 20 MB
MAX_TOTAL_BYTES = 1_000_000_000  # all entries of one archive of documents
MAX_PACKAGE_BYTES = 400_000_000  # all parts read of one Office file
MAX_RATIO = 200  # inflated to packed size; real sheets full of blanks reach about 100
RATIO_FLOOR_BYTES = 20_000_000  # small parts may be packed as tightly as they like
MAX_ARCHIVE_DEPTH = 3  # archives within archives

# Markup. libxml2 refuses more than 256 levels and amplified entities itself (huge_tree stays off).
MAX_NODES = 5_000_000  # elements of one XML or HTML tree, about 1 GB
MAX_HTML_BYTES = 50_000_000  # a page of 2,000 forms has 20 MB
MAX_DEPTH = 120  # nesting that is still walked; deeper content is read as plain text

# Grids. `colspan=30000000` and a merge of a whole sheet are a few bytes in the source.
MAX_COLUMNS = 1_000  # HTML's own limit for colspan; forms have up to 40 columns
MAX_ROWS = 100_000  # rows of one table; the longest list of projects seen has 3,000
MAX_GRID = 5_000_000  # rows × columns of one sheet's used range; calamine holds it as one array
MAX_CELLS = 1_000_000  # printed cells of one document
MAX_SHEETS = 500
