"""The root of all errors a person can cause, and those of rule authors. Each says what is wrong, where, and what to do."""


class CallsiftError(Exception):
    """Anything the user can mend. The command line prints it as one line, without a stack trace."""


class RuleError(CallsiftError, ValueError):
    """A rule that cannot be used, and the line to look at."""

    def __init__(self, message: str, *, file: str = "<rule>", line: int = 0) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.message, self.file, self.line = message, file, line
