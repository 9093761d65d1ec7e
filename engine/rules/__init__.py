"""Rule sets: loading, evaluation over evidence, and the policy that turns items into the verdict on a session."""

from engine.rules.evaluation import evaluate
from engine.rules.judgement import Judgement, Request
from engine.rules.loading import check, load, names
from engine.rules.operators.base import Context
from engine.rules.ruleset import RuleSet
from engine.rules.selection import choose

__all__ = ["Context", "Judgement", "Request", "RuleSet", "check", "choose", "evaluate", "load", "names"]
