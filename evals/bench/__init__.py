"""Measurements on public data sets that stay outside the project."""
