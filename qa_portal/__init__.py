"""The project package: wiring on top, the kernel that every app stands on below."""

from qa_portal.celery import app as celery_app

__all__ = ["celery_app"]
