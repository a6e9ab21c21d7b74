"""Calls to try callsift on, and the program that makes them from written scenarios.

The pipeline never imports this package: it reads calls/ and contacts.csv as it would read any recorder's folder.
"""
