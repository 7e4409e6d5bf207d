"""An evaluation as JUnit XML: one test a case and one a rule of the gate, as CI systems show them."""

from __future__ import annotations

import re
from xml.etree import ElementTree as xml

from evals.evaluate import Evaluation
from evals.gate import Worse
from evals.responses import Kind
from evals.scoring import CaseResult

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(evaluation: Evaluation) -> str:
    """A case is an error when asking it failed or its evidence is gone, a failure when it got worse."""
    root = xml.Element("testsuites", name="rag eval")
    root.append(_cases_suite(evaluation))
    if evaluation.gate:
        root.append(_gate_suite(evaluation))
    xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"


def _cases_suite(evaluation: Evaluation) -> xml.Element:
    worse = {case.id: case for case in evaluation.gate.worse} if evaluation.gate else {}
    suite = xml.Element("testsuite", name=f"gold: {evaluation.run.record.gold}")
    for result in evaluation.run.results:
        suite.append(_case(result, worse.get(result.id)))
    return _counted(suite)


def _case(result: CaseResult, worse: Worse | None) -> xml.Element:
    case = xml.Element(
        "testcase", classname=f"gold.{result.type}", name=_clean(f"{result.id} {result.question}")
    )
    if result.response.kind is Kind.FAILURE or result.problems:
        reason = result.response.error or "; ".join(result.problems)
        xml.SubElement(case, "error", message=_clean(reason))
    elif worse:
        changes = ", ".join(f"{name} {before:.2f} -> {after:.2f}" for name, before, after in worse.changes)
        failed = xml.SubElement(case, "failure", message=changes)
        failed.text = _clean(f"baseline:\n{worse.before.text}\n\nnow:\n{worse.after.text}")
    scores = xml.SubElement(case, "system-out")
    scores.text = "\n".join(f"{name} = {value}" for name, value in sorted(result.scores.items()))
    return case


def _gate_suite(evaluation: Evaluation) -> xml.Element:
    suite = xml.Element("testsuite", name="gate")
    for finding in evaluation.gate.findings if evaluation.gate else ():
        case = xml.SubElement(
            suite, "testcase", classname=f"gate.{finding.kind}", name=_clean(finding.subject)
        )
        xml.SubElement(case, "failure", message=_clean(finding.message))
    if len(suite) == 0:
        xml.SubElement(suite, "testcase", classname="gate", name="passed")
    return _counted(suite)


def _counted(suite: xml.Element) -> xml.Element:
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    return suite


def _clean(text: str) -> str:
    """Without the control characters that XML 1.0 cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)
