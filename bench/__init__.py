"""What docrel is measured against, and the harness that measures it. Nothing here decides a test."""
