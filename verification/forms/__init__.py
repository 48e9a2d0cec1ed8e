"""The shapes of what people enter in the yearly cycle; one module per noun."""
