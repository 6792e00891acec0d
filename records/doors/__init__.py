"""The doors: everything that reads people's tables comes in here, everything that writes tables for people goes out here."""
