"""Finds where a report contradicts itself: SQL checks over the published tables."""

from pipeline.reconcile.run import ReconcileReport, builtin_checks, reconcile

__all__ = ["ReconcileReport", "builtin_checks", "reconcile"]
