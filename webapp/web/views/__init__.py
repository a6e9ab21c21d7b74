"""One file, one screen: a module with a blueprint ``bp``, and an ``entry`` where it stands in the menu."""
