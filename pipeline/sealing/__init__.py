"""Encryption at rest: recordings and listening copies are readable only with the key of their call.

Each call has its own key; the installation's key (KEK) wraps it. The wrapped key lies in the call's row. Erasing a call
is destroying that wrapped key and deleting the files: copies in backups are unreadable from then on.
"""
