"""A connection to a server: sockets, frames and the deadline of a call."""
import errno
import socket
import ssl
import struct
import time

from . import message
from .exceptions import ConnectionError, MalformedReply, Timeout

#: The payload of a frame is below 256 MiB: the first byte of a frame is below 0x10.
MAX_PAYLOAD_BYTES = 0x0FFFFFFF

_LENGTH = struct.Struct('!i')
_CHUNK_BYTES = 65536
_clock = getattr(time, 'monotonic', time.time)  # Python 2 has no monotonic clock.


class Connection(object):
    """A connection that is opened when it is needed, for one exchange at a time.

    An exchange that fails in any way closes it, so that no late reply can be taken for the reply to another request.
    """

    def __init__(self, addresses, timeout, login=None):
        """``addresses`` are those of one server, or of nodes of which any will do.

        ``login`` is a request that goes before all others, on each connection.
        """
        self._addresses = addresses  # The first one is connected to, or tried next.
        self._timeout = timeout
        self._login = login
        self._socket = None

    def exchange(self, request):
        """Sends a request and returns the reply, both dicts, within the timeout."""
        payload = message.encode(request)
        if len(payload) > MAX_PAYLOAD_BYTES:
            raise ValueError('request too large: payloadBytes=%d (expected: 1..%d)' % (len(payload), MAX_PAYLOAD_BYTES))
        deadline = _Deadline(self._timeout)
        try:
            if self._socket is not None and self._is_stale():
                self.give_up()
            if self._socket is None:
                self._open(deadline)
                refusal = self._log_in(deadline)
                if refusal is not None:
                    return refusal
            return self._converse(_frame(payload), deadline)
        except (socket.error, ssl.CertificateError) as error:  # The latter is a ValueError up to Python 3.6.
            address = self._addresses[0]
            self.give_up()
            if _is_timeout(error):
                raise Timeout('no reply in time: %s timeoutSeconds=%s' % (address, self._timeout))
            raise ConnectionError('connection failed: %s: %s' % (address, error))
        except ConnectionError:
            self.give_up()
            raise
        except BaseException:  # KeyboardInterrupt too leaves a reply on its way.
            self.close()
            raise

    def close(self):
        """Closes the connection if it is open; the next exchange opens a new one."""
        sock, self._socket = self._socket, None
        if sock is not None:
            sock.close()

    def give_up(self):
        """Closes the connection; the next exchange begins with the next address."""
        self.close()
        self._addresses = self._addresses[1:] + self._addresses[:1]

    def _is_stale(self):
        """Tells whether the server has hung up, or sent what nobody asked for, since the last reply."""
        self._socket.settimeout(0)
        try:
            self._socket.recv(1)
        except socket.error as error:
            return error.errno not in (errno.EAGAIN, errno.EWOULDBLOCK) and not _wants_more(error)
        return True

    def _open(self, deadline):
        """Connects to the first node that can be had, each of which has its share of the time."""
        for left in range(len(self._addresses), 1, -1):
            try:
                self._open_first(deadline.share(left))
                return
            except (socket.error, ssl.CertificateError, ConnectionError):
                self.give_up()
        self._open_first(deadline)

    def _open_first(self, deadline):
        """Connects to the first address of the host that answers; looking up a name is not under the deadline."""
        failure = None
        for family, kind, protocol, _, address in self._addresses[0].candidates():
            try:
                self._socket = socket.socket(family, kind, protocol)
                deadline.hand_to(self._socket)
                self._socket.connect(address)
                break
            except socket.timeout:
                raise
            except socket.error as error:
                self.close()
                failure = error
        if self._socket is None:
            places = ', '.join(str(address) for address in self._addresses)
            raise ConnectionError('cannot connect; is the server running? %s: %s' % (places, failure))
        if self._socket.family != getattr(socket, 'AF_UNIX', None):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        deadline.hand_to(self._socket)
        self._socket = self._addresses[0].encrypted(self._socket)

    def _log_in(self, deadline):
        """Says who the client is, if it is to; returns the reply if the server does not believe it."""
        if self._login is None:
            return None
        reply = self._converse(_frame(message.encode(self._login)), deadline)
        return None if reply['status_code'] == 200 else reply

    def _converse(self, frame, deadline):
        try:
            self._send(frame, deadline)
        except socket.error as error:
            if _is_timeout(error):
                raise
            # A server that refuses a connection or a long frame says why before it hangs up. Nothing else is believed.
            reply = self._receive(deadline)
            if reply['status_code'] < 400:
                raise MalformedReply('the server answered a request that it has not received')
            return reply
        return self._receive(deadline)

    def _send(self, data, deadline):
        # Not sendall: in Python 2.7 its timeout begins anew with every piece.
        unsent = memoryview(data)
        while len(unsent) > 0:
            deadline.hand_to(self._socket)
            unsent = unsent[self._socket.send(unsent):]

    def _receive(self, deadline):
        (length,) = _LENGTH.unpack(bytes(self._read(_LENGTH.size, deadline)))
        if not 1 <= length <= MAX_PAYLOAD_BYTES:
            raise MalformedReply(
                'reply has a length that cannot be: payloadBytes=%d (expected: 1..%d); is %s a Speicher server?'
                % (length, MAX_PAYLOAD_BYTES, self._addresses[0]))
        return message.decode(self._read(length, deadline))

    def _read(self, size, deadline):
        """Returns exactly that many bytes. Memory grows with what arrives, not with what was announced."""
        data = bytearray()
        while len(data) < size:
            deadline.hand_to(self._socket)
            chunk = self._socket.recv(min(size - len(data), _CHUNK_BYTES))
            if not chunk:
                raise ConnectionError('the server closed the connection before the end of its reply: %s readBytes=%d'
                                      % (self._addresses[0], len(data)))
            data += chunk
        return data


def _frame(payload):
    return _LENGTH.pack(len(payload)) + payload


def _wants_more(error):
    """Tells whether an encrypted socket has received nothing for us."""
    return isinstance(error, ssl.SSLError) and error.args[0] == ssl.SSL_ERROR_WANT_READ


def _is_timeout(error):
    """Python 2 has no type of its own for the timeout of an encrypted socket."""
    return isinstance(error, socket.timeout) or isinstance(error, ssl.SSLError) and 'timed out' in str(error)


class _Deadline(object):
    """The moment by which an exchange must be over, connecting included."""

    def __init__(self, seconds):
        self._end = _clock() + seconds

    def share(self, parts):
        """Returns a deadline that leaves as much time for each of the other parts."""
        return _Deadline((self._end - _clock()) / parts)

    def hand_to(self, sock):
        """Gives the socket's next operation the time that is left."""
        left = self._end - _clock()
        if left <= 0:
            raise socket.timeout('timed out')
        sock.settimeout(left)
