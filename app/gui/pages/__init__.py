"""The window's pages: now, session, search."""
