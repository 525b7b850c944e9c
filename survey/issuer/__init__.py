"""The issuer of remote tickets: an own process with own keys; it loads neither desk nor hall."""
