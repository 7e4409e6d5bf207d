"""One module a page, each with `render() -> None`.

Not called `pages`: a folder of that name beside the application makes Streamlit run its files on their
own when one of them is the first to be asked for, without the sign-in that ui.app puts before them.
"""
