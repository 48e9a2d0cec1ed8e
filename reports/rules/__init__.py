"""Conditions on issuing reports, one module per noun."""
