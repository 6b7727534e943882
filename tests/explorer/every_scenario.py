"""All scenarios of the explorer: those of the payment itself, and those around it."""

from typing import Final

from tests.explorer.around_payment import AROUND_PAYMENT
from tests.explorer.scenarios import SCENARIOS as OF_PAYMENT

SCENARIOS: Final = (*OF_PAYMENT, *AROUND_PAYMENT)
