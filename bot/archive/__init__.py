"""Finding again what was said: the language of queries, the forms of words, and where they stand in a text."""
