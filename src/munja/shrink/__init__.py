"""From trained weights to small runnable files; each is measured before it is written."""
