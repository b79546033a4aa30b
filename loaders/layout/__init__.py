"""From the cell model to logical tables and rows: nothing here knows a file format."""
