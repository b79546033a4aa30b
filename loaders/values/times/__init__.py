"""Times in Russian texts: the grammar under `loaders.values.deadlines`."""
