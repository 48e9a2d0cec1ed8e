"""Reads with logic in this app, one module per noun."""
