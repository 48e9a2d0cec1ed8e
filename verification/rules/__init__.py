"""Conditions of the yearly cycle, each raising with a message for the user; one module per noun."""
