"""What every test stands on: no network for models, no telemetry, threads that wait without burning the others' cores."""

import os

from webapp.cli import THREADS

os.environ.update(
    HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", PYANNOTE_METRICS_ENABLED="0", TOKENIZERS_PARALLELISM="false"
)
for name, value in THREADS.items():
    os.environ.setdefault(name, value)
