"""Who a person is here: all that is held on it, and its erasure, for good."""
