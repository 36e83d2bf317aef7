"""What a person should know about an exchange, with the events that show it and a remedy. Derived, never stored.

One file for each family of rules; `rules.py` lists them all. A finding comes as soon as its rule can tell. What happens
again is counted, not told again: at the end one more finding of the rule says how often, and replaces the first.
"""

from streamscope.engine.findings.rules import RULES
from streamscope.engine.findings.watch import Watch, latest

__all__ = ["RULES", "Watch", "latest"]
