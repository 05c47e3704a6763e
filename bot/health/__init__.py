"""How the service is, told to machines: a health check, and figures for Prometheus."""
