"""Many recordings at once: a dispatcher that leases durable jobs, and Ray actors that work on them."""
