"""A whole point table out of what became of past leads: candidates, choice, points, seeds."""
