"""Dates of the English interface."""
