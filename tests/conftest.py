"""What every test stands on: no network for models, no telemetry."""

import os

os.environ.update(
    HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", PYANNOTE_METRICS_ENABLED="0", TOKENIZERS_PARALLELISM="false"
)
