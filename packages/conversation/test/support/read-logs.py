"""Reads logs with examples/python, whose folder is the argument: one log a line, in JSON as `conversation.py --log` takes it;
answers each with a line, the list of what `--json` says of it."""
import json
import sys

sys.path.insert(0, sys.argv[1])
import conversation

for line in sys.stdin:
    source = conversation.source_of_log(line)
    messages = conversation.messages_of(source)
    print(f"[{', '.join(conversation.json_line(message, source.continuity) for message in messages)}]", flush=True)
