"""The command line: `signet`, for registrars and for whoever runs the service."""

from app.cli.program import app, main

__all__ = ["app", "main"]
