"""Everything that changes the centre's own side, one module per noun."""
