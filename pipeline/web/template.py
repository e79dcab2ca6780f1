"""The templates of the page and of the working paper: what they may call, and that they escape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.reviews import STATES
from pipeline.show.plain import figure, printable, to_text
from schemas import chinese


def template_environment() -> Environment:
    """Templates in which every value is escaped and a missing one is an error."""
    environment = Environment(
        loader=PackageLoader("pipeline.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        text=to_text,
        printable=printable,
        figure=lambda value: "" if value is None else figure(value),
        count=lambda value: f"{value:,}",
        place=place,
    )
    environment.globals.update(
        severities=chinese.SEVERITIES,
        kinds=chinese.FINDING_KINDS,
        confidences=chinese.CONFIDENCES,
        statuses=chinese.STATUSES,
        verifications=chinese.VERIFICATIONS,
        document_kinds=chinese.DOCUMENT_KINDS,
        scopes=chinese.SCOPES,
        review_states=STATES,
    )
    return environment


def place(locator: Mapping[str, Any] | None) -> str:
    """Where a value stands, in words."""
    if locator is None:
        return "出处不明"
    return chinese.place(
        locator["page"], locator["path"], locator["char_start"], locator["char_end"]
    )
