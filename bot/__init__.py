"""Watch, decide, deliver: everything that placewatch does; what it keeps is in `storage`."""
