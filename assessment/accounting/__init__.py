"""How each sector counts. One small file a chapter of the standards; a formula is found by its id or its term."""
