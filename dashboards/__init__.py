"""Everything a person sees. Knows calls only through the `Desk` protocol in dashboards/desk.py."""
