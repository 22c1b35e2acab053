"""The scenes of the example pictures: what is written, on what it is written, and how it is looked at."""
