"""Servers for tests: one that plays a script, however rude, and a polite one that keeps a dict."""
import base64
import json
import socket
import struct
import threading
import time

import speicher


def frame(payload):
    """Returns the bytes of a frame; a payload that is no bytes is JSON to be."""
    if not isinstance(payload, bytes):
        payload = json.dumps(payload).encode('ascii')
    return struct.pack('!i', len(payload)) + payload


class FakeServer(object):
    """Plays a script, a function of a Peer, to each connection: the first to the first, the last to all others.

    It listens on a free port of 127.0.0.1. What a script raises, leaving the ``with`` block raises again.
    """

    def __init__(self, *scripts, **options):
        """``tls`` is an ssl.SSLContext to encrypt with; ``socket_path`` is in the place of ``host`` and port."""
        self._scripts = list(scripts)
        self._tls = options.get('tls')
        self._path = options.get('socket_path')
        self._listener = socket.socket(socket.AF_UNIX if self._path else socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind(self._path or (options.get('host', '127.0.0.1'), 0))
        self._listener.listen(16)
        self.port = None if self._path else self._listener.getsockname()[1]
        self.peers = []
        self._failures = []
        self._threads = []
        self._closing = False
        self._start(self._accept)

    def client(self, timeout=10):
        return speicher.Speicher('127.0.0.1', self.port, timeout)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._closing = True
        self._wake_accept()
        self._threads[0].join()
        for peer in self.peers:
            peer.hang_up()
        for thread in self._threads:
            thread.join()
        self._listener.close()
        if self._failures and exception == (None, None, None):
            raise self._failures[0]

    def _wake_accept(self):
        sock = socket.socket(self._listener.family, socket.SOCK_STREAM)
        sock.connect(self._listener.getsockname())
        sock.close()

    def _start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments)
        thread.daemon = True
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            sock, _ = self._listener.accept()
            if self._closing:
                sock.close()
                return
            if self._tls is not None:
                try:
                    sock = self._tls.wrap_socket(sock, server_side=True)
                except socket.error:  # The client does not trust this server.
                    sock.close()
                    continue
            peer = Peer(sock)
            self.peers.append(peer)
            script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
            self._start(self._play, script, peer)

    def _play(self, script, peer):
        try:
            script(peer)
        except Exception as failure:
            if not self._closing:
                self._failures.append(failure)
        finally:
            peer.close()


class Peer(object):
    """A client as the server sees it."""

    def __init__(self, sock):
        self._socket = sock
        self._lock = threading.Lock()
        self._open = True
        self.requests = []
        self.done = threading.Event()

    def read(self):
        """Returns the next request, or None when the client has closed."""
        head = self._read(4)
        if head is None:
            return None
        request = json.loads(self._read(struct.unpack('!i', head)[0]).decode('utf-8'))
        self.requests.append(request)
        return request

    def send(self, data):
        self._socket.sendall(data)

    def reply(self, **members):
        self.send(frame(members))

    def send_in_vain(self, data):
        """Sends to a client that may be gone."""
        try:
            self.send(data)
        except socket.error:
            pass  # It is.

    def closed_by_client(self, seconds):
        """Waits that long at most for the client to close, and tells whether it has."""
        self._socket.settimeout(seconds)
        try:
            return not self._socket.recv(65536)
        except socket.timeout:
            return False
        except socket.error:
            return True
        finally:
            self._socket.settimeout(None)

    def wait_until_closed(self):
        """Returns when the client has closed, reading what it sends."""
        while not self.closed_by_client(None):
            pass

    def reset(self):
        """Ends the connection with a reset."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.close()

    def hang_up(self):
        """Wakes whoever reads from the client."""
        with self._lock:
            if self._open:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)
                except socket.error:
                    pass  # The client was faster, and the script will close.

    def close(self):
        with self._lock:
            self._open = False
            self._socket.close()
        self.done.set()

    def _read(self, size):
        data = b''
        while len(data) < size:
            try:
                chunk = self._socket.recv(size - len(data))
            except socket.error:  # The client has closed without the goodbye of TLS, or with our bytes unread.
                return None
            if not chunk:
                return None
            data += chunk
        return data


class Store(object):
    """A server of good manners: ``FakeServer(Store().serve)``."""

    def __init__(self):
        self._items = {}
        self._versions = 0
        self._lock = threading.Lock()

    def serve(self, peer):
        request = peer.read()
        while request is not None:
            with self._lock:
                reply = self._execute(request)
            peer.send(frame(reply))
            request = peer.read()

    def _execute(self, request):
        command = request['command']
        if command == 'RST':
            self._items.clear()
        elif command == 'MSET':
            for item in request['items']:
                self._store(item)
        elif command == 'MGET':
            return {'status_code': 200, 'items': [self._one('GET', {'key': key}) for key in request['keys']]}
        elif command == 'MDEL':
            replies = [self._one('DEL', {'key': key}) for key in request['keys']]
            return {'status_code': 200, 'deleted': sum(reply == {'status_code': 200} for reply in replies)}
        elif command != 'PING':
            return self._one(command, request)
        return {'status_code': 200}

    def _one(self, command, request):
        key = request['key']
        item = self._items.get(key)
        if item is not None and item['end'] <= time.time():
            item = self._items.pop(key) and None
        condition = request.get('if')
        if command == 'SET' and condition == 'absent':
            if item is not None:
                return {'status_code': 409}
        elif item is None and not (command == 'SET' and condition is None) and 'initial' not in request:
            return {'status_code': 404, 'message': 'no such key'}
        elif condition is not None and condition != item['version']:
            return {'status_code': 409}
        if command == 'SET':
            self._store(request)
        elif command == 'DEL':
            del self._items[key]
        elif command == 'INC':
            return self._increase(item, request)
        else:
            members = ('value', 'encoding') + (('version',) if request.get('version') else ())
            return dict(((name, item[name]) for name in members if name in item), status_code=200)
        return {'status_code': 200}

    def _increase(self, item, request):
        if item is None:
            self._store(dict(request, value=request['initial']))
            return {'status_code': 200, 'value': request['initial']}
        if not isinstance(item['value'], int):
            return {'status_code': 409, 'message': 'no number'}
        item['value'] += request['by']
        return {'status_code': 200, 'value': item['value']}

    def _store(self, request):
        self._versions += 1
        item = dict((name, request[name]) for name in ('value', 'encoding') if name in request)
        item['end'] = time.time() + request['ttl'] / 1000.0 if 'ttl' in request else float('inf')
        item['version'] = str(self._versions)
        self._items[request['key']] = item
        if 'encoding' in item:
            self._show_as_text(item)

    @staticmethod
    def _show_as_text(item):
        """Bytes that are text are shown as such."""
        try:
            item['value'] = base64.b64decode(item['value']).decode('utf-8')
            del item['encoding']
        except UnicodeDecodeError:
            pass
