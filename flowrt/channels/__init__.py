"""What waits between actors: a mailbox that is read in batches, streams of events, and slots. They hold no task."""
