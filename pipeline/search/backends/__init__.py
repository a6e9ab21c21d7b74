"""One file a back end: ``backend`` opens an index. Which one is chosen by the setting `search`."""
