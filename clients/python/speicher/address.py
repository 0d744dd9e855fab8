"""Where a server is: a port of a host or of several, encrypted or not, or a Unix domain socket."""
import re
import socket
import ssl

try:
    from urllib.parse import unquote
except ImportError:  # Python 2.
    from urllib import unquote

DEFAULT_PORT = 14567

_NODE = r'(?:\[[0-9a-fA-F:.]+\]|[^\[\]:,/?#@\s]+)(?::[0-9]{1,5})?'
_URL = re.compile(r'^speicher(?P<tls>s?)://(?:(?P<user>[^:]*):(?P<password>.*)@)?(?P<nodes>%s(?:,%s)*)/?$'
                  % (_NODE, _NODE))
_SOCKET_URL = re.compile(r'^unix:/*(?P<path>/.+)$')


def parse(url, tls=None):
    """Returns the arguments of a client that a URL stands for."""
    at_socket = _SOCKET_URL.match(url)
    if at_socket:
        return {'socket_path': at_socket.group('path'), 'tls': tls}
    said = _URL.match(url)
    if not said:
        raise ValueError('url=%s (expected: speicher://host, speicher://host:port, speichers://... for TLS, or '
                         'unix:/path)' % re.sub('//.*@', '//', url))
    arguments = {'nodes': said.group('nodes').split(','), 'tls': tls or bool(said.group('tls'))}
    if said.group('password') is not None:
        arguments['user'] = unquote(said.group('user'))
        arguments['password'] = unquote(said.group('password'))
    return arguments


def host_and_port(node):
    """Returns what ``host:port``, ``host`` or either with an IPv6 address in brackets says."""
    if not re.match('^%s$' % _NODE, node):
        raise ValueError('node=%s (expected: host, host:port, or [IPv6 address]:port)' % node)
    host, colon, port = node.rpartition(':')
    if not colon or port.endswith(']'):
        host, port = node, DEFAULT_PORT
    return host.strip('[]'), int(port)


def tls_context(tls):
    """Returns the ssl.SSLContext that the argument ``tls`` of a client means, or None."""
    if not tls:
        return None
    if not hasattr(ssl, 'create_default_context'):
        raise ValueError('this Python is too old to check certificates (expected: 2.7.9, 3.4 or later)')
    if isinstance(tls, ssl.SSLContext):
        return tls
    return ssl.create_default_context(cafile=None if tls is True else tls)


class Address(object):
    """What a connection is opened to."""

    def __init__(self, host, port, socket_path, tls):
        self._host = host
        self._port = port
        self._socket_path = socket_path
        self._tls = tls

    def candidates(self):
        """Returns what may be connected to, as ``socket.getaddrinfo`` does; looking up a name may take its time."""
        if self._socket_path is not None:
            return [(socket.AF_UNIX, socket.SOCK_STREAM, 0, '', self._socket_path)]
        return socket.getaddrinfo(self._host, self._port, 0, socket.SOCK_STREAM)

    def encrypted(self, sock):
        """Returns the connected socket, or what encrypts it and has shaken hands."""
        if self._tls is None:
            return sock
        return self._tls.wrap_socket(sock, server_hostname=self._host)

    def __str__(self):
        if self._socket_path is not None:
            return 'socket=%s' % self._socket_path
        return 'host=%s port=%d' % (self._host, self._port)
