"""What inspectors watch: visits to firms before and after a poll, alerts, whether anything was changed."""
