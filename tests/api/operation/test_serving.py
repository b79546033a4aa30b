from __future__ import annotations

import socket
import sys

import pytest

from api.operation.serving import PortTakenError, _listen


@pytest.mark.skipif(sys.platform != "linux", reason="other systems inherit other options")
def test_small_answers_do_not_wait_for_acknowledgements() -> None:
    with _listen("127.0.0.1", 0, 30.0) as listener, socket.create_connection(listener.getsockname()):
        connection, _address = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_a_taken_port_is_told() -> None:
    with _listen("127.0.0.1", 0, 30.0) as listener, pytest.raises(PortTakenError):
        _listen("127.0.0.1", listener.getsockname()[1], 30.0)
