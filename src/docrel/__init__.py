"""A declarative, two-way, lossless mapping between JSON documents and relational tables."""
