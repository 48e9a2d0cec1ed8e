"""How the things of the centre's own side move from status to status, one module per noun."""
