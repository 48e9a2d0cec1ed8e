"""The shapes of what people enter about samples; one module per noun."""
