"""The web application: sign-in, permissions on every route and callback, and the wiring of what dashboards/ shows."""
