"""What is owed to whom, and how it reads. Pure."""
