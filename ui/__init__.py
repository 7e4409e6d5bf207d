"""The Streamlit pages over rag.Assistant."""
