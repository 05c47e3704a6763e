-- When a service last wrote: its sign of life, which goes the way of everything that is kept.
CREATE TABLE alive (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL -- milliseconds, Unix
) STRICT;
