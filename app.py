"""ResNet Explorer: `streamlit run app.py`."""

from resnet_explorer.ui.app.frame import run_app

run_app()
