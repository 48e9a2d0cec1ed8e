"""The demonstration: Northgate, Harbour and their people, made by the portal's own operations on a moved clock."""
