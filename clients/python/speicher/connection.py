"""A connection to a server: sockets, frames and the deadline of a call."""
import errno
import socket
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
    """A TCP connection that is opened when it is needed, for one exchange at a time.

    An exchange that fails in any way closes it, so that no late reply can be taken for the reply to another request.
    """

    def __init__(self, host, port, timeout):
        self._host = host
        self._port = port
        self._timeout = timeout
        self._socket = None

    def exchange(self, request):
        """Sends a request and returns the reply, both dicts, within the timeout."""
        payload = message.encode(request)
        if len(payload) > MAX_PAYLOAD_BYTES:
            raise ValueError('request too large: payloadBytes=%d (expected: 1..%d)' % (len(payload), MAX_PAYLOAD_BYTES))
        deadline = _Deadline(self._timeout)
        try:
            if self._socket is not None and self._is_stale():
                self.close()
            if self._socket is None:
                self._open(deadline)
            return self._converse(_LENGTH.pack(len(payload)) + payload, deadline)
        except socket.timeout:
            self.close()
            raise Timeout('no reply in time: %s timeoutSeconds=%s' % (self._peer(), self._timeout))
        except socket.error as error:
            self.close()
            raise ConnectionError('connection failed: %s: %s' % (self._peer(), error))
        except BaseException:  # KeyboardInterrupt too leaves a reply on its way.
            self.close()
            raise

    def close(self):
        """Closes the connection if it is open; the next exchange opens a new one."""
        sock, self._socket = self._socket, None
        if sock is not None:
            sock.close()

    def _is_stale(self):
        """Tells whether the server has hung up, or sent what nobody asked for, since the last reply."""
        self._socket.settimeout(0)
        try:
            self._socket.recv(1)
        except socket.error as error:
            return error.errno not in (errno.EAGAIN, errno.EWOULDBLOCK)
        return True

    def _open(self, deadline):
        """Connects to the first address of the host that answers; looking up a name is not under the deadline."""
        failure = None
        for family, kind, protocol, _, address in socket.getaddrinfo(self._host, self._port, 0, socket.SOCK_STREAM):
            try:
                self._socket = socket.socket(family, kind, protocol)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                deadline.hand_to(self._socket)
                self._socket.connect(address)
                return
            except socket.timeout:
                raise
            except socket.error as error:
                self.close()
                failure = error
        raise ConnectionError('cannot connect; is the server running? %s: %s' % (self._peer(), failure))

    def _converse(self, frame, deadline):
        try:
            self._send(frame, deadline)
        except socket.timeout:
            raise
        except socket.error:
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
                % (length, MAX_PAYLOAD_BYTES, self._peer()))
        return message.decode(self._read(length, deadline))

    def _read(self, size, deadline):
        """Returns exactly that many bytes. Memory grows with what arrives, not with what was announced."""
        data = bytearray()
        while len(data) < size:
            deadline.hand_to(self._socket)
            chunk = self._socket.recv(min(size - len(data), _CHUNK_BYTES))
            if not chunk:
                raise ConnectionError('the server closed the connection before the end of its reply: %s readBytes=%d'
                                      % (self._peer(), len(data)))
            data += chunk
        return data

    def _peer(self):
        return 'host=%s port=%d' % (self._host, self._port)


class _Deadline(object):
    """The moment by which an exchange must be over, connecting included."""

    def __init__(self, seconds):
        self._end = _clock() + seconds

    def hand_to(self, sock):
        """Gives the socket's next operation the time that is left."""
        left = self._end - _clock()
        if left <= 0:
            raise socket.timeout('timed out')
        sock.settimeout(left)
