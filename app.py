"""The front door: which pages a role sees. Nothing else."""

from tanping.assessment import pages

pages.dress()
pages.run()
