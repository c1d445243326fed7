"""The web site: one file per page. A route parses, asks and renders; what a template shows is prepared beside it."""
