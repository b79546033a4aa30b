"""
Which addresses of the network a service may have.

What a name stands for is looked up once for each connection, and the connection goes to an address that was looked at,
so a name that changes its meaning in between leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from typing import Final, TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# IPv4 within IPv6 (RFC 6052): such an address leads to the one in its last 32 bits.
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")


class AddressError(Exception):
    """A name without an address that may be asked; `found` is one that may not, empty where there is none."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found


def addresses(host: str, port: int, *, local: bool, seconds: float) -> list[str]:
    """
    The addresses of `host` that may be asked, in the order of the system.

    Raises:
        AddressError: There is none.
        OSError: The name cannot be looked up, or not in `seconds`.
    """
    found = _looked_up(host, port, seconds)
    allowed = [address for address in found if may_be_asked(address, local=local)]
    if not allowed:
        raise AddressError(found[0] if found else "")
    return allowed


def may_be_asked(text: str, *, local: bool) -> bool:
    """
    Whether this address may be that of a service.

    It is one of the public network; with `local` one of this machine or of a private network instead or as well.
    Never one of the link (there stand the data of cloud machines), of many machines, or of none.
    """
    address = _embedded(ipaddress.ip_address(text.partition("%")[0]))
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        # What unique local addresses took the place of (RFC 3879); the library holds them for global.
        return local
    if address.is_global and not address.is_reserved:
        return True
    return local and (address.is_loopback or (address.is_private and not address.is_reserved))


def _embedded(address: Address) -> Address:
    """The address of IPv4 that an address of IPv6 stands for, or the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address.teredo is not None:
            return address.teredo[1]
        if address in _TRANSLATED:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """The system gives no way to end a look-up, so it is left alone when it takes too long."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except UnicodeError:  # A name that is none.
            answers.put(socket.gaierror("no host name"))
        except OSError as error:
            answers.put(error)

    threading.Thread(target=look_up, daemon=True, name="service-name").start()
    try:
        answer = answers.get(timeout=max(seconds, 0.0))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer
