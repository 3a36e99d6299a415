"""What runs plans: executions, workers and their crew, the supervisor, timers, placed steps, and the sink of the log."""
