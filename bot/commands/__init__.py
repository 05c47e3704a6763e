"""Command in, Reply out; knows nothing of Telegram."""
