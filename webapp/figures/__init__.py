"""The rolled-up figures of the dashboards: counted beside the work, read by pages in time that does not grow with the calls."""
