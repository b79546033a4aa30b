"""Made-up roadmaps over all formats and levels, each with its gold: `python -m bench.corpus FOLDER`."""
