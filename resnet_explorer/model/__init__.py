"""The network as a torch module, and the referee that holds the plan against it."""
