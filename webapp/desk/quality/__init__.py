"""Reviews and what belongs to them, for one person: each module answers one part of dashboards/quality.py."""
