"""Speed, memory and accuracy of Munja and its peers on the same pages: `python -m benchmarks.reading --help`."""
