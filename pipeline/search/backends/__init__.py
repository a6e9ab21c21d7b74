"""One file a back end: its ``backend`` says which values of the setting `search` it takes and opens an index for them."""
