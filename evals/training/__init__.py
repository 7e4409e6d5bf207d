"""Training of the support model: `python -m evals.training`, or `make train-support DATA=FOLDER`."""
