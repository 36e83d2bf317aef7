"""The assembled text of an exchange: answers, reasoning, tool calls, as they stream."""
