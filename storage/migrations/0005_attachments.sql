-- The file that goes out with an owed message; gone from here once it has arrived.
CREATE TABLE attachment(
  owed_id INTEGER PRIMARY KEY REFERENCES owed,
  name TEXT NOT NULL,
  mime TEXT NOT NULL,
  data BLOB NOT NULL CHECK(length(data) <= 5242880)
) STRICT;
