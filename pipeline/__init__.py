"""From sources to published tables: ingest, store, reconcile, publish, show."""

import os

# pyarrow brings numpy, and numpy starts threads for algebra that nobody does here: a third of what
# it takes to start a process, and every worker is one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
