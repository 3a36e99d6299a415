"""What runs plans: executions, workers and their crew, the supervisor, timers, placed steps, the sink."""
