"""The pages, a file each: what one shows is read in one snapshot of the archive."""
