"""Reads with logic about the centre's own side, one module per noun."""
