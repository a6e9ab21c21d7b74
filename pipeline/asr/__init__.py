"""Speech to words: recognisers by family, decoding, posteriors and the second look by sound.

`pipeline.asr.loading.load` opens a recogniser, `pipeline.asr.calls.transcribe_calls` runs it over calls. Families lie in
families/, one file each; everything that imports torch does so when it is used.
"""
