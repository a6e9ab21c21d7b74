"""A call from file to scored findings. Runs without a database and without a web server."""
