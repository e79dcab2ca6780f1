"""What running text says, prepared for comparison with forms, other passages and other reports."""

from pipeline.reconcile.text.prepare import prepare_text

__all__ = ["prepare_text"]
