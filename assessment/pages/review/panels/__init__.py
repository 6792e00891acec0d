"""The parts of the work in a project's space. Each module has ``TITLE`` and ``show(joint, person, key)``; ``space`` knows their order."""
