"""Which places does this text mention, and how sure are we? Pure: no network, no clock, no database."""
