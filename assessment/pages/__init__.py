"""The web pages: one file a page, run by Streamlit; what they share is in ``draft``, ``session``, ``parts`` and ``fields``."""
