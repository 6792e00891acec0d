"""What a project file may say: one field catalogue and everything generated from it."""
