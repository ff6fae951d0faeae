"""Words and shapes for the pages: plain values in and out, never a request."""
