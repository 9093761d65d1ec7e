"""The HTTP interface: one module per resource, each with a `router`; api/app.py puts them together."""
