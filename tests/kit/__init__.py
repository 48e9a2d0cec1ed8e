"""The interface kit: tags, form templates, the built style sheet, and the board of parts in a browser."""
