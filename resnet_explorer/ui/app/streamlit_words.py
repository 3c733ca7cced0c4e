"""Words that Streamlit says in English alone, its uploader's and its camera's, in the language of now."""

from __future__ import annotations

import json

import streamlit as st

from resnet_explorer.common.i18n import DEFAULT_LANGUAGE, language, t


def say_streamlit_words() -> None:
    """Put ours in their place, where the language is another.

    The largest size of a file stands within an English text: it is left out.
    """
    if language() == DEFAULT_LANGUAGE:
        return
    words = {
        '[data-testid="stFileUploaderDropzone"] button p': t("Choose a file"),
        '[data-testid="stCameraInputButton"]': t("Take a photo"),
    }
    rules = []
    for place, said in words.items():
        text = json.dumps(said, ensure_ascii=False)
        rules.append(f"{place} {{ font-size: 0; }} {place}::after {{ content: {text}; font-size: 1rem; }}")
    rules.append('[data-testid="stFileUploaderDropzoneInstructions"] { display: none; }')
    st.html(f"<style>{' '.join(rules)}</style>")
