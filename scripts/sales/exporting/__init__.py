"""What leaves the warehouse: what differs from what was sent, and how each system takes it."""
