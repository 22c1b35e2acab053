"""Data: charsets, synthetic text, augmentation, and what turns collections into training batches."""
