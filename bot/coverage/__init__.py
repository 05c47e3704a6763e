"""What is known to have been read, what is not, and who is told so."""
