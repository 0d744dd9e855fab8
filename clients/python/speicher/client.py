"""The client: checks arguments, makes requests of them, and says what the replies mean."""
import base64
import binascii
import datetime
import numbers
import random
import re
import threading

from . import address
from .connection import Connection
from .exceptions import ClientError, MalformedReply, ServerError
from .message import PY2

_OK = 200
_NO_SUCH_KEY = 404
_CONFLICT = 409
_BATCH = 512  # As many keys make a reply that most frames have room for.
_MAX_TTL_MILLIS = 2 ** 53 - 1
_TEXT = type(u'')
_ENCODED_SURROGATE = re.compile(b'\xed[\xa0-\xbf]')


class Speicher(object):
    """A client of one server. It connects at the first call, and anew after an error or ``close()``.

    The server may be any of several ``nodes`` of one cluster. It connects to one of them, and to another one after an
    error, or if that one cannot be had.

    **Keys** are text, or bytes that are UTF-8; the two are the same key. They are not empty, and they hold no half of
    a surrogate pair.

    **Values** are what ``json`` can say: None, bool, int, float, text, lists, tuples and dicts of these. They come
    back as ``json`` reads them: a tuple as a list, keys of a dict as text, integers exactly, a number too large for a
    float as ``inf``. Bytes have calls of their own, ``set_bytes`` and ``get_bytes``. (Python 3.11 and later refuse integers of more than 4,300 digits, as
    ``sys.set_int_max_str_digits`` tells: a ValueError in ``set``, a MalformedReply in ``get``.) NaN and infinities are
    not JSON and not accepted.

    **Python 2**: a string that comes back is a ``str`` when all of it is ASCII, else ``unicode``, wherever it stands in
    a value. A ``str`` that is stored must be UTF-8.

    **Errors** are those of ``speicher.exceptions``; TypeError and ValueError mean a wrong argument, and nothing was
    sent. A key that is not there is no error. No request is ever sent twice: after a ConnectionError the server may
    have carried it out or not.

    **Time**: ``timeout``, in seconds, is for a whole call: connecting, sending, and receiving to the last byte.
    Looking up a host name and waiting for another thread's call are not counted.

    **Threads** may share a client: their calls wait for one another. **Processes** may not: a client that is used
    before a fork must not be used after it by both, or they take each other's replies. Make one in each process, or
    call ``close()`` before the fork.
    """

    _connection = None  # For __del__, when __init__ raised.

    def __init__(self, host=None, port=None, timeout=None, user=None, password=None, tls=None, socket_path=None,
                 nodes=None):
        """Defaults: ``localhost``, 14567 and 10 seconds. Nothing is sent yet.

        With ``password``, the client says on each connection who it is; ``user`` is ``default`` unless it is given.

        ``tls`` encrypts: True trusts the authorities of this machine, a path those of a PEM file (such as the
        certificate of a server that signed its own), and an ``ssl.SSLContext`` what it says. The server's certificate
        has to name the host. It needs Python 2.7.9 or 3.4.

        ``socket_path`` is a Unix domain socket of the server, in the place of host and port.

        ``nodes`` is a list of ``'host:port'`` or ``'host'``, in the place of host and port as well.
        """
        host = 'localhost' if host is None else host
        port = address.DEFAULT_PORT if port is None else port
        timeout = 10.0 if timeout is None else timeout
        places = [(host, port)] if nodes is None else [address.host_and_port(node) for node in nodes]
        if not places:
            raise ValueError('there are no nodes')
        for _, port in places:
            if not 1 <= port <= 65535:
                raise ValueError('port is out of range: port=%s (expected: 1..65535)' % port)
        if not 0 < timeout < float('inf'):
            raise ValueError('timeout is out of range: timeout=%s (expected: seconds above 0)' % timeout)
        if user is not None and password is None:
            raise ValueError('there is a user and no password')
        if socket_path is not None and tls:
            raise ValueError('a Unix domain socket is not encrypted: leave out tls, or connect to a port')
        login = None
        if password is not None:
            login = {'command': 'AUTH', 'user': 'default' if user is None else user, 'password': password}
        context = address.tls_context(tls)
        servers = [address.Address(host, port, socket_path, context) for host, port in places]
        random.shuffle(servers)  # So that clients spread over the nodes.
        self._lock = threading.Lock()
        self._connection = Connection(servers, timeout, login)

    @classmethod
    def from_url(cls, url, timeout=None, tls=None):
        """Makes a client of ``speicher://user:password@host:port``, where user, password and port may be missing.

        Several nodes of a cluster are ``speicher://host:port,host:port``. ``speichers://`` is for TLS; ``tls`` says then whom to trust, as above. ``unix:/path`` is a Unix domain socket.
        """
        return cls(timeout=timeout, **address.parse(url, tls))

    # One item.

    def set(self, key, value, ttl=None):
        """Stores a value in place of the one that was there, and returns True. ``None`` deletes the key instead.

        ``ttl`` is the time after which the item disappears, in seconds (a number) or as a timedelta, at least one
        millisecond and rounded to milliseconds; without it the item has no end.
        """
        members = _item(key, value, ttl)
        if value is None:
            self.delete(key)
        else:
            self._execute('SET', **members)
        return True

    def get(self, key):
        """Returns the value, or None if there is none (or if another client has stored ``null``).

        What another client has stored as bytes that are not text comes back as bytes.
        """
        reply = self._execute('GET', _NO_SUCH_KEY, key=_checked(key))
        return None if reply is None else _value(reply)

    def delete(self, key, version=None):
        """Deletes the item and returns True, or False if there was none, or none of that version."""
        members = {'key': _checked(key)}
        if version is None:
            return self._execute('DEL', _NO_SUCH_KEY, **members) is not None
        members['if'] = _version(version)
        return self._execute('DEL', _NO_SUCH_KEY, _CONFLICT, **members) is not None

    # Bytes.

    def set_bytes(self, key, data, ttl=None):
        """Stores bytes as they are, and returns True."""
        if not isinstance(data, (bytes, bytearray)):
            raise TypeError('data must be bytes, not %s' % type(data).__name__)
        encoded = base64.b64encode(bytes(data)).decode('ascii')
        self._execute('SET', encoding='base64', **_item(key, encoded, ttl))
        return True

    def get_bytes(self, key):
        """Returns the bytes, or None if there are none. Text comes as its UTF-8; other JSON is a ValueError."""
        value = self.get(key)
        if value is None or isinstance(value, bytes):
            return value
        if not isinstance(value, _TEXT):
            raise ValueError('value is JSON and neither bytes nor text: type=%s' % type(value).__name__)
        return value.encode('utf-8')

    # Conditions: who writes only if nobody else has.

    def set_if_absent(self, key, value, ttl=None):
        """Stores the value if there is none, and returns whether it did."""
        return self._set_if('absent', key, value, ttl)

    def get_versioned(self, key):
        """Returns the value and its version, for ``replace``, or None if there is none."""
        reply = self._execute('GET', _NO_SUCH_KEY, key=_checked(key), version=True)
        if reply is None:
            return None
        if 'version' not in reply:
            raise MalformedReply('reply to GET has no version')
        return _value(reply), int(reply['version'])

    def replace(self, key, version, value, ttl=None):
        """Stores the value if the present one has that version, and returns whether it did."""
        return self._set_if(_version(version), key, value, ttl)

    def _set_if(self, condition, key, value, ttl):
        members = dict(_item(key, _storable(value), ttl), **{'if': condition})
        return self._execute('SET', _NO_SUCH_KEY, _CONFLICT, **members) is not None

    # Counters.

    def add(self, key, by=1, initial=None, ttl=None):
        """Adds to the number under the key, and returns the sum.

        If there is none, it becomes ``initial``, with ``ttl``, and nothing is added; without ``initial``, the call
        returns None. All numbers have 64 bits. What is no such number, or would become none, is a ClientError (409).
        """
        members = {'key': _checked(key), 'by': _integer('by', by)}
        if initial is not None:
            members['initial'] = _integer('initial', initial)
        elif ttl is not None:
            raise ValueError('there is a ttl and no initial number that would get it')
        if ttl is not None:
            members['ttl'] = _milliseconds(ttl)
        reply = self._execute('INC', _NO_SUCH_KEY, **members)
        return None if reply is None else reply['value']

    # Many items: in batches of 512 keys, each at one moment but for ``get_many``. The timeout is for each batch.

    def get_many(self, keys):
        """Returns a dict of the values that there are, by their keys as they were given."""
        found = {}
        for batch in _batches(keys):
            items = self._execute('MGET', keys=[_checked(key) for key in batch]).get('items')
            if not isinstance(items, list) or len(items) != len(batch):
                raise MalformedReply('reply to MGET has not one item for each key')
            for key, item in zip(batch, items):
                if item.get('status_code') == _OK:
                    found[key] = _value(item)
        return found

    def set_many(self, values, ttl=None):
        """Stores all values of a dict, and returns True."""
        for batch in _batches(values):
            self._execute('MSET', items=[_item(key, _storable(values[key]), ttl) for key in batch])
        return True

    def delete_many(self, keys):
        """Deletes items, and returns how many there were."""
        return sum(self._execute('MDEL', keys=[_checked(key) for key in batch])['deleted'] for batch in _batches(keys))

    # The server and the connection.

    def reset(self):
        """Deletes all items of the server, and returns True."""
        self._execute('RST')
        return True

    def ping(self):
        """Returns True if the server answers. One that knows the core of the protocol only raises a ClientError."""
        self._execute('PING')
        return True

    def close(self):
        """Closes the connection, after the call that another thread may be in. The next call opens a new one."""
        with self._lock:
            self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __del__(self):
        if self._connection is not None:
            self._connection.close()

    def _execute(self, command, *nothing_done, **members):
        """Returns the reply, or None if its status is one of those of a command that found nothing to do."""
        with self._lock:
            reply = self._connection.exchange(dict(members, command=command))
            status_code = reply['status_code']
            if status_code in nothing_done:
                return None
            missing = _MEMBERS.get(command)
            if status_code == _OK and (missing is None or missing in reply):
                return reply
            # After some refusals the server hangs up; a new connection is right in every case.
            if status_code >= 500:
                self._connection.give_up()  # What this node cannot do, another one may.
            else:
                self._connection.close()
        if 400 <= status_code <= 499:
            raise ClientError(status_code, _reason(reply))
        if 500 <= status_code <= 599:
            raise ServerError(status_code, _reason(reply))
        if status_code == _OK:
            raise MalformedReply('reply to %s has no %s' % (command, missing))
        raise MalformedReply('reply has an unknown status_code: %d' % status_code)


# What a reply that says it is done has to hold.
_MEMBERS = {'GET': 'value', 'INC': 'value', 'MGET': 'items', 'MDEL': 'deleted'}


def _item(key, value, ttl):
    """Returns the members of a request that stores a value."""
    members = {'key': _checked(key), 'value': value}
    if ttl is not None:
        members['ttl'] = _milliseconds(ttl)
    return members


def _storable(value):
    if value is None:
        raise ValueError('value must not be None, which stands for no value')
    return value


def _value(reply):
    """Returns the value of an item, which bytes that are not text come in base64 of."""
    if 'value' not in reply:
        raise MalformedReply('reply has an item without a value')
    if reply.get('encoding') is None:
        return reply['value']
    try:
        return base64.b64decode(reply['value'].encode('ascii'))
    except (AttributeError, UnicodeError, TypeError, binascii.Error):
        raise MalformedReply('reply has bytes that are no base64')


def _batches(keys):
    keys = list(keys)
    return [keys[start:start + _BATCH] for start in range(0, len(keys), _BATCH)]


def _integer(name, number):
    if not isinstance(number, numbers.Integral) or isinstance(number, bool):
        raise TypeError('%s must be an integer, not %s' % (name, type(number).__name__))
    if not -2 ** 63 <= number < 2 ** 63:
        raise ValueError('%s is out of range: %s=%d (expected: 64 bits)' % (name, name, number))
    return int(number)


def _version(version):
    if _integer('version', version) < 1:
        raise ValueError('version is out of range: version=%d (expected: at least 1)' % version)
    return str(version)


def _checked(key):
    """Returns the key as text."""
    if not isinstance(key, (bytes, _TEXT)):
        raise TypeError('key must be text or UTF-8 bytes, not %s' % type(key).__name__)
    text = key.decode('utf-8') if isinstance(key, bytes) else key
    if not text:
        raise ValueError('key must not be empty')
    if _ENCODED_SURROGATE.search(text.encode('utf-8')):  # Python 3 itself refuses to encode one.
        raise ValueError('key must not hold half of a surrogate pair')
    return text


def _milliseconds(ttl):
    if isinstance(ttl, datetime.timedelta):
        millis = (ttl.days * 86400 + ttl.seconds) * 1000 + ttl.microseconds / 1000.0
    elif isinstance(ttl, numbers.Real) and not isinstance(ttl, bool):
        millis = ttl * 1000
    else:
        raise TypeError('ttl must be a number of seconds or a timedelta, not %s' % type(ttl).__name__)
    if not 1 <= millis <= _MAX_TTL_MILLIS:
        raise ValueError('ttl is out of range: ttlMillis=%s (expected: 1..%d)' % (millis, _MAX_TTL_MILLIS))
    return int(round(millis))


def _reason(reply):
    """Returns what the server said, as a str."""
    reason = reply.get('message', '')
    if PY2 and isinstance(reason, _TEXT):
        return reason.encode('utf-8')
    return reason if isinstance(reason, str) else ''
