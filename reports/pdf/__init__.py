"""Reports as tagged PDF on A4, from the frozen document alone, with fonts and shapes of the portal's own."""

from reports.pdf.render import FontsMissing, render, render_page

__all__ = ["FontsMissing", "render", "render_page"]
