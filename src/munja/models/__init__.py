"""Networks: torch only; a network computes, it neither reads files nor knows losses."""
