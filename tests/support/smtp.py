"""A real mail server on a port of its own: takes mails, refuses some, or hangs up, as a test wants."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any


class MailServer:
    """What it took, and how it answers: `refuses` maps addresses to answers, `hangs_up` ends talks after the mail."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Message]] = []
        self.refuses: dict[str, str] = {}
        self.hangs_up = False
        self.port = 0

    @property
    def readers(self) -> list[str]:
        return [reader for reader, _ in self.taken]


class Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: MailServer = self.server.box  # type: ignore[attr-defined]
        readers: list[str] = []
        self.say("220 ready")
        while line := self.rfile.readline():
            word = line.strip().upper()
            if word.startswith(b"RCPT"):
                reader = line.decode().partition("<")[2].partition(">")[0]
                answer = box.refuses.get(reader, "250 yes")
                readers += [reader] * answer.startswith("250")
                self.say(answer)
            elif word == b"DATA":
                self.say("354 go on")
                self.take(box, readers)
                if box.hangs_up:
                    return
                self.say("250 taken")
                readers = []
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self, box: MailServer, readers: list[str]) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        message: Any = message_from_bytes(b"".join(lines), policy=default)
        box.taken += [(reader, message) for reader in readers]

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Port(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    box: MailServer


@contextmanager
def mail_server(box: MailServer | None = None) -> Iterator[MailServer]:
    """Answers as long as this is open; given the box of an earlier one, on the same port again."""
    box = box or MailServer()
    with Port(("127.0.0.1", box.port), Talk) as server:
        server.box, box.port = box, server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()


def send_by(box: MailServer, settings: Any) -> None:
    """Mails go through the outbox to this server, whether it answers at the moment or not."""
    settings.EMAIL_BACKEND = "apps.notifications.backend.OutboxBackend"
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
