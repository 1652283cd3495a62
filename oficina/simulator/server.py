"""The web application and the server that carries it.

The server is Werkzeug's, one thread for each connection, in the one process that also sends the webhooks: granian
serves WSGI only from child processes, which outlive a SIGKILL of their parent and keep the port, and it hides the
socket that a lost answer has to cut. A simulator on a loopback address needs nothing that granian adds.
"""

import logging
import socket
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from oficina.simulator import control, hosted_page
from oficina.simulator.api import answering
from oficina.simulator.simulation import Simulation

_LARGEST_REQUEST_BYTES = 1_000_000


class _Handler(WSGIRequestHandler):
    disable_nagle_algorithm = True

    # Werkzeug types the arguments as Any.
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002 -- the parent's
        logging.getLogger("oficina.simulator").debug("%s %s", self.requestline, code)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 -- the name is the parent's
        getattr(logging.getLogger("oficina.simulator"), type)(message, *args)


def create_app(simulation: Simulation) -> Flask:
    """The API, the hosted page and the fault API in one WSGI application."""
    app = Flask(__name__, static_url_path="/_assets")
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_REQUEST_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined] # the default provider has it, its base does not
    answering.install(app, simulation)
    app.register_blueprint(hosted_page.blueprint(simulation))
    app.register_blueprint(control.blueprint(simulation))
    return app


def serve(listener: socket.socket, app: Flask) -> BaseWSGIServer:
    """A server for a socket that already listens; the caller runs it with `serve_forever`."""
    host, port = listener.getsockname()[:2]
    return make_server(host, port, app, threaded=True, request_handler=_Handler, fd=listener.fileno())
