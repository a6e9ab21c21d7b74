"""What calls are about: call reasons from a file, topics learned from labelled calls, themes that nobody named yet."""
