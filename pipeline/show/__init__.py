"""What a person sees of the published tables: queries, findings, proofs and single files."""
