"""Models on disk: each in a folder with a manifest of SHA-256 hashes, checked whenever a file is read.

Weights are safetensors only. What comes from elsewhere is imported first (pipeline.models.importing) in a confined
child; the pipeline opens nothing without a manifest. Shipped models lie in this folder.
"""
