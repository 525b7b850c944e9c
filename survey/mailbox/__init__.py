"""Follow-up: public answers to remarks, and what their writers say of them without being known."""
