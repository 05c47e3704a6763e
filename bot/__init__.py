"""Watch, decide, deliver: everything that placewatch does; what it keeps is in `storage`."""

__version__ = "0.1.0"
