"""Who may do what, the tables, the web application and the command line: the only place that puts everything together."""
