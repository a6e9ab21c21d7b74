"""Number words of other languages than English: one table a file (TOML), read by rules.spoken.foreign."""
