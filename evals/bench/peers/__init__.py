"""policy-rag beside what one would use instead: `python -m evals.bench.peers --folder build/peers`."""
