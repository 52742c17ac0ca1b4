"""What makes text of a chunk of speech: ``base`` is the seam, ``openai`` the reference."""
