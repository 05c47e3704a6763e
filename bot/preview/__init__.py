"""Public channels as anybody's browser shows them: Telegram's web preview, read without an account."""
