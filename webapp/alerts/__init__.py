"""Fraud cases in SQL, the alerts they raise, and the mails that tell of them.

Results leave a mark in the outbox; a pass (`callsift alerts send`, or every few seconds beside the schedule) turns marks into
cases (`cases`), cases into alerts (`raising`), alerts into mails (`mailing`, `writing`) and mails into post (`sending`).
"""
