"""Which changes of status the yearly cycle allows, one module per noun."""
