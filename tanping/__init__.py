"""TanPing 碳评联审: carbon assessment and joint review of construction projects."""

__version__ = "0.1.0"
