"""The errors of a call. A wrong argument is a ``TypeError`` or a ``ValueError`` instead, before anything is sent.

After each of these errors the connection is closed, and the next call opens a new one. Nothing is ever sent twice.
"""


class SpeicherError(Exception):
    """A request did not get its answer; the root of all errors here."""


class ConnectionError(SpeicherError):
    """The connection could not be opened, or it broke before the reply was there.

    The server may have carried out the request or not.
    """


class Timeout(ConnectionError):
    """The reply was not there in time. The server may have carried out the request or not."""


class MalformedReply(SpeicherError):
    """What came is no reply in the protocol of Speicher. The server may have carried out the request or not."""


class StatusError(SpeicherError):
    """The server did not do it and said so: ``status_code`` is an int, ``message`` its reason, perhaps empty."""

    def __init__(self, status_code, message):
        super(StatusError, self).__init__(status_code, message)
        self.status_code = status_code
        self.message = message

    def __str__(self):
        return '%d: %s' % (self.status_code, self.message or 'no reason given')


class ClientError(StatusError):
    """The server refused the request (4xx); sending it again will not help."""


class ServerError(StatusError):
    """The server failed (5xx); the same request may succeed later."""
