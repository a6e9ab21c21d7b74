"""One file, one command or group of commands: a module with ``register(app: typer.Typer) -> None``."""
