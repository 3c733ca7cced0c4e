"""The laboratories: experiments on real networks, live. No streamlit here."""
