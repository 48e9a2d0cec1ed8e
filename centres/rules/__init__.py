"""Conditions of the centre's own side, one module per noun; messages are written for the person who asked."""
