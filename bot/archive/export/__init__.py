"""What was found, as files for spreadsheets, programs, maps, feed readers and people.

Writers are pure: a `Heading` and statements in, bytes out, piece by piece, so that memory stays the same however much
is exported.
"""
