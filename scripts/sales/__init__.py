"""What sales works with: call lists, alerts, and scores that go back to where leads are worked."""
