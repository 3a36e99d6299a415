"""Plans, and the state of one execution's tokens and payloads: which node fires when, and with what. Pure."""
