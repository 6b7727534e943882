"""LINE's side of the messenger port: reply tokens work once, a retry key is taken once."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from storefront.domain.push_policy import Quota
from storefront.services.ports import SendOutcome


@dataclass(frozen=True)
class Sent:
    """Messages that LINE took: by a reply token or by a push with its retry key."""

    to: str
    key: str
    kind: str
    said: str
    objects: int = 1
    silent: bool = False


def _said(messages: Sequence[Mapping[str, object]]) -> str:
    return " ".join(str(message.get("altText") or message.get("text")) for message in messages)


@dataclass
class LineModel:
    """What LINE accepted, in order. `script` decides the next answers; `lost` drops the next after its effect."""

    sent: list[Sent] = field(default_factory=list)
    tries: int = 0
    script: deque[SendOutcome] = field(default_factory=deque)
    lost: int = 0
    month: Quota | None = field(default_factory=lambda: Quota(None, 0))

    def copy(self) -> "LineModel":
        return LineModel(self.sent.copy(), self.tries, self.script.copy(), self.lost, self.month)

    def pushes(self) -> list[Sent]:
        return [each for each in self.sent if each.kind == "push"]

    def replies(self) -> list[Sent]:
        return [each for each in self.sent if each.kind == "reply"]

    def reply(self, token: str, messages: Sequence[Mapping[str, object]]) -> SendOutcome:
        self.tries += 1
        if self.script:
            return self.script.popleft()
        if any(each.kind == "reply" and each.key == token for each in self.sent):
            return SendOutcome.REPLY_TOKEN_REFUSED
        return self._take(Sent("", token, "reply", _said(messages), len(messages)))

    def push(
        self, to: str, messages: Sequence[Mapping[str, object]], retry_key: str, *, silent: bool = False
    ) -> SendOutcome:
        self.tries += 1
        if self.script:
            return self.script.popleft()
        if any(each.kind == "push" and each.key == retry_key for each in self.sent):
            return SendOutcome.ACCEPTED
        return self._take(Sent(to, retry_key, "push", _said(messages), len(messages), silent))

    def _take(self, sent: Sent) -> SendOutcome:
        self.sent.append(sent)
        if self.lost:
            self.lost -= 1
            return SendOutcome.UNKNOWN
        return SendOutcome.ACCEPTED

    def quota(self) -> Quota | None:
        return self.month

    def profile_language(self, line_user_id: str) -> str | None:
        return None
