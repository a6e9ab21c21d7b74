"""What `callsift doctor` looks at: one file a subject with ``check(settings) -> list[Check]``, found by being here."""
