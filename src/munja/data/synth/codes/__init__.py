"""Synthetic photographs of industrial codes: stencilled, painted, cast, stamped, peened and printed on worn metal."""
