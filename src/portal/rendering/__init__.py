"""How things are written: templates, formats, phrases."""
