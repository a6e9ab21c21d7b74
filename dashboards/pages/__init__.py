"""Dash pages, one file each."""
