"""Web pages: the article that a page is about, and what it says of it. One module for each thing that is looked for."""
