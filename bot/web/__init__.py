"""The review page: what the archive holds, for people with a browser. Pages are made on the server."""
