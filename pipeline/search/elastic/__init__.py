"""The index on an Elasticsearch server, 8.19 and later 8.x: also on a bare one without scripts and language analyzers."""
