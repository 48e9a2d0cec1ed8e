"""Everything that changes in this app, one module per noun."""
