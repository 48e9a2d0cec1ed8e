"""Users' ways through the portal, in a real browser against the demonstration."""
