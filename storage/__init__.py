"""What is kept, and how it is kept whole."""
