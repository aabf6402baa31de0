"""How fast cmd-keras is, one file a question.

`python -m benchmarks` asks all of them and prints one table: each ratio, its goal,
and whether it was met. Whatever is compared runs in turn, each in a process of its
own (`contestant`), so that a slow minute of the machine falls on all alike.
"""
