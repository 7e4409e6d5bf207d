"""Evaluation of the assistant: gold cases in; figures with intervals, a report and a verdict out.

cases → run → scoring (metrics, facts, citing, abstention, verifier) → statistics → gate, report.
"""
