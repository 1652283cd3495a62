"""A mail server on loopback that takes everything, keeps it, and stands still where a test says.

By hand, since the libraries answer by themselves at the moments at which a test has to hold the answer back.
"""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from enum import StrEnum
from typing import cast


class Moment(StrEnum):
    """Where in taking a mail the server stands still."""

    GREETING = "before the greeting"
    ANSWER = "the mail is taken, the answer is not given"


@dataclass
class _Halt:
    connection: int
    moment: Moment
    reached: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)


class MailServer(socketserver.ThreadingTCPServer):
    """Serves from a thread while it is entered; `received` has the Message-ID of each mail, in the order of arrival."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.received: list[str] = []
        self._connections = 0
        self._halt: _Halt | None = None

    @property
    def url(self) -> str:
        """For the setting `EMAIL_URL`."""
        return f"smtp://127.0.0.1:{self.server_address[1]}?tls=no"

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Answers while the block runs."""
        thread = threading.Thread(target=self.serve_forever)
        thread.start()
        try:
            yield
        finally:
            self.shutdown()
            thread.join()
            self.server_close()

    def forget(self) -> None:
        """As if nothing had come yet."""
        self.received.clear()
        self._connections = 0

    @contextmanager
    def standing_still(self, moment: Moment, *, connection: int) -> Iterator[threading.Event]:
        """The connection of this number, from 1, stands still at that moment until the block ends. The event tells
        that it does.
        """
        halt = self._halt = _Halt(connection, moment)
        try:
            yield halt.reached
        finally:
            self._halt = None
            halt.over.set()

    def count_connection(self) -> int:
        """The number of a new connection."""
        self._connections += 1
        return self._connections

    def stand_still(self, moment: Moment, connection: int) -> None:
        """Waits there when a test wants it."""
        halt = self._halt
        if halt is not None and (halt.connection, halt.moment) == (connection, moment):
            halt.reached.set()
            halt.over.wait()


class _Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as Python's client speaks."""

    def handle(self) -> None:
        server = cast("MailServer", self.server)
        number = server.count_connection()
        with suppress(ConnectionError):  # whoever was killed reads no answer
            server.stand_still(Moment.GREETING, number)
            self._say("220 sink")
            while line := self.rfile.readline():
                self._answer(line.split(maxsplit=1)[0].upper() if line.strip() else b"", server, number)

    def _answer(self, word: bytes, server: MailServer, number: int) -> None:
        if word == b"DATA":
            self._say("354 go on")
            server.received.append(str(message_from_bytes(self._mail())["Message-ID"]))
            server.stand_still(Moment.ANSWER, number)
        self._say("221 bye" if word == b"QUIT" else "250 ok")

    def _mail(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
