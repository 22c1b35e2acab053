"""Pure functions on pictures and polygons; the only place where BGR, EXIF and file formats exist."""
