"""Starts MiniStack inside its own environment; run by `dev.local.local_aws`, never imported by the project.

Its schedules are looked at every ten seconds, so that a schedule of once a minute would fire every seventy
seconds. Looking every second keeps the minute, and there is no setting for it.
"""

from ministack.app import main
from ministack.services import eventbridge, scheduler

scheduler._SCHEDULE_TICK_INTERVAL = 1
eventbridge._SCHEDULER_TICK_INTERVAL = 1

if __name__ == "__main__":
    main()
