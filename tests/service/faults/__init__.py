"""Every fault by itself: the real program as a process against the local Telegram server, and what was seen.

    python -m tests.service.faults                        # all, about eight minutes
    python -m tests.service.faults --only "disk full"
    python -m tests.service.faults --into README.md       # the table, between its <!-- faults --> marks

Each scenario asserts what it says; one that fails ends the command with 1.
"""
