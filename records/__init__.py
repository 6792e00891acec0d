"""The ground: dated, cited records; basis; units; regions; located YAML; expressions; hashes; doors."""
