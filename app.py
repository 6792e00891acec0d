"""The front door: which pages a role sees. Nothing else."""

import streamlit as st

from tanping.assessment import pages

pages.dress()
st.navigation(pages.menu(), position="top").run()
