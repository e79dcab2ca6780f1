"""What leaves the published tables as files: Excel, CSV, Stata, Parquet and the working paper."""
