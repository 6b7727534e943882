"""Starts MiniStack inside its own environment; run by `dev.local.local_aws`, never imported by the project.

Its schedules are looked at every ten seconds, so that a schedule of once a minute would fire every seventy
seconds. Looking every second keeps the minute, and there is no setting for it. Around it stands what kills functions
at their writes when somebody asks for that.
"""

import sys
from pathlib import Path

from ministack import app
from ministack.services import eventbridge, scheduler

sys.path.append(str(Path(__file__).resolve().parents[2]))

from dev.local.killing import Killer

scheduler._SCHEDULE_TICK_INTERVAL = 1
eventbridge._SCHEDULER_TICK_INTERVAL = 1
app.app = Killer(app.app)

if __name__ == "__main__":
    app.main()
