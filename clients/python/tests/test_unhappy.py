# -*- coding: utf-8 -*-
"""Servers that do what they should not. After each error the next call must start afresh and be right."""
import contextlib
import errno
import socket
import struct
import threading
import time
import unittest

import speicher
from fake_server import FakeServer, Store, frame
from speicher import connection, exceptions


def answering(data, stay=True):
    """A script that reads a request, sends these bytes, and stays until the client goes, or goes itself."""
    def script(peer):
        peer.read()
        peer.send(data)
        if stay:
            peer.wait_until_closed()
    return script


class UnhappyTestCase(unittest.TestCase):
    @contextlib.contextmanager
    def one_bad_connection(self, script, timeout=10):
        """Gives a client whose first connection plays the script; what comes after it must be a new connection."""
        store = Store()
        with FakeServer(script, store.serve) as server:
            client = server.client(timeout)
            yield client
            self.assertIs(client.set('k', 'fresh'), True)
            self.assertEqual(client.get('k'), 'fresh')
            self.assertEqual(len(server.peers), 2)
            client.close()


class NodesTest(unittest.TestCase):
    """A client that was told several nodes, in whatever order it tries them."""

    def test_any_node_that_is_there(self):
        store = Store()
        with FakeServer(store.serve) as server:
            closed = free_port()
            for _ in range(10):
                url = 'speicher://nobody,127.0.0.1:%d,127.0.0.1:%d' % (closed, server.port)
                with unresolved('nobody'), speicher.Speicher.from_url(url) as client:
                    self.assertIs(client.ping(), True)

    def test_no_node_is_there(self):
        nodes = ['127.0.0.1:%d' % free_port(), 'localhost:%d' % free_port()]
        with speicher.Speicher(nodes=nodes) as client:
            with self.assertRaises(exceptions.ConnectionError) as caught:
                client.ping()
        for node in nodes:
            self.assertIn('host=%s port=%s' % tuple(node.split(':')), str(caught.exception))

    def test_node_that_hangs_has_its_share_of_the_time(self):
        silent = socket.socket()
        silent.bind(('127.0.0.1', 0))
        silent.listen(0)
        held = [started_connection(silent.getsockname()) for _ in range(4)]  # The backlog is full.
        store = Store()
        with FakeServer(store.serve) as server:
            for _ in range(3):
                nodes = ['127.0.0.1:%d' % silent.getsockname()[1], '127.0.0.1:%d' % server.port]
                with speicher.Speicher(nodes=nodes, timeout=1) as client:
                    self.assertIs(client.ping(), True)
        for sock in held + [silent]:
            sock.close()

    def test_next_call_after_an_error_goes_to_another_node(self):
        for script in (lambda peer: peer.read(), answering(frame({'status_code': 503}))):
            with FakeServer(script) as first, FakeServer(script) as second:
                nodes = ['127.0.0.1:%d' % first.port, '127.0.0.1:%d' % second.port]
                with speicher.Speicher(nodes=nodes) as client:
                    for calls in range(1, 5):
                        with self.assertRaises(exceptions.SpeicherError):
                            client.get('k')
                        self.assertEqual(len(first.peers) + len(second.peers), calls)
                        self.assertLessEqual(abs(len(first.peers) - len(second.peers)), 1)

    def test_malformed(self):
        for node in ('', 'a,b', ':1', 'a:', 'a:b', '::1', 'a b', 'a:0', 'a:65536'):
            with self.assertRaises(ValueError):
                speicher.Speicher(nodes=[node])
        with self.assertRaises(ValueError):
            speicher.Speicher(nodes=[])
        for url in ('speicher://a,', 'speicher://,a', 'speicher://a,,b', 'speicher://a/,b'):
            with self.assertRaises(ValueError):
                speicher.Speicher.from_url(url)


@contextlib.contextmanager
def unresolved(name):
    """Meanwhile the name has no address."""
    resolve = socket.getaddrinfo

    def resolve_others(host, *arguments):
        if host == name:
            raise socket.gaierror(socket.EAI_NONAME, 'Name or service not known')
        return resolve(host, *arguments)
    socket.getaddrinfo = resolve_others
    try:
        yield
    finally:
        socket.getaddrinfo = resolve


def free_port():
    """Returns a port on which nothing listens."""
    sock = socket.socket()
    sock.bind(('127.0.0.1', 0))
    port = sock.getsockname()[1]
    sock.close()
    return port


def started_connection(address):
    sock = socket.socket()
    sock.setblocking(False)
    try:
        sock.connect(address)
    except socket.error as error:
        if error.errno != errno.EINPROGRESS:
            raise
    return sock


class MalformedReplyTest(UnhappyTestCase):
    def assert_malformed(self, data, call=lambda client: client.get('k'), says=''):
        with self.one_bad_connection(answering(data)) as client:
            with self.assertRaises(exceptions.MalformedReply) as caught:
                call(client)
            self.assertIn(says, str(caught.exception))

    def test_length_that_cannot_be(self):
        for length in (0, -1, -2 ** 31, 0x20000000, 2 ** 31 - 1):
            self.assert_malformed(struct.pack('!i', length), says='payloadBytes=%d ' % length)

    def test_other_protocols(self):
        for greeting in (b'HTTP/1.1 400 Bad Request\r\n\r\n', b'-ERR unknown command\r\n', b'ERROR\r\n', b'SSH-2.0\r\n'):
            self.assert_malformed(greeting, says='a Speicher server?')

    def test_not_json(self):
        for payload in (b' ', b'{', b'{"status_code":200', b'{"status_code":200}}', b"{'status_code':200}", b'\x00',
                        b'{"status_code":200,}', b'{"status_code":200,"value":NaN}', b'\xff\xfe{\x00}\x00',
                        b'{"status_code":200,"value":-Infinity}', b'{"status_code":200,"value":"\xff"}',
                        b'\xef\xbb\xbf{"status_code":200}', b'{"status_code":200,"value":"\n"}'):
            self.assert_malformed(frame(payload))

    def test_nested_too_deep(self):
        self.assert_malformed(frame(b'{"status_code":200,"value":' + b'[' * 300000 + b']' * 300000 + b'}'))

    def test_not_an_object(self):
        for payload in (b'[]', b'200', b'"x"', b'null', b'true', b'[{"status_code":200}]'):
            self.assert_malformed(frame(payload), says='no JSON object')

    def test_status_code_missing_or_no_integer(self):
        for payload in (b'{}', b'{"value":1}', b'{"status_code":null}', b'{"status_code":"200"}',
                        b'{"status_code":200.0}', b'{"status_code":true}', b'{"status_code":[200]}',
                        b'{"Status_Code":200}', b'{"status_code":2e2}'):
            self.assert_malformed(frame(payload), says='status_code')

    def test_status_code_unknown(self):
        for status_code in (0, -200, 1, 100, 199, 201, 204, 301, 399, 600, 10 ** 30):
            self.assert_malformed(frame({'status_code': status_code, 'value': 1}), says='status_code')

    def test_get_without_value(self):
        self.assert_malformed(frame({'status_code': 200}), says='no value')

    def test_unknown_members_are_ignored(self):
        def script(peer):
            peer.read()
            peer.send(frame(b' {"x-new":[{}], "value":1,\r\n\t"status_code":404, "status_code" : 200 } '))
            peer.wait_until_closed()
        with FakeServer(script) as server:
            with server.client() as client:
                self.assertEqual(client.get('k'), 1)

    def test_null_and_numbers_beyond_float(self):
        for payload, value in ((b'null', None), (b'1e400', float('inf')), (b'-0', 0), (b'1' * 30, int('1' * 30))):
            with FakeServer(answering(frame(b'{"status_code":200,"value":' + payload + b'}'))) as server:
                with server.client() as client:
                    self.assertEqual(client.get('k'), value)


class StatusTest(UnhappyTestCase):
    def assert_status(self, error, status_code, says, reply, call=lambda client: client.get('k')):
        with self.one_bad_connection(answering(frame(reply))) as client:
            with self.assertRaises(error) as caught:
                call(client)
            self.assertEqual(caught.exception.status_code, status_code)
            self.assertEqual(caught.exception.message, says)
            self.assertIs(type(caught.exception.message), str)
            self.assertIn(str(status_code), str(caught.exception))

    def test_refused(self):
        self.assert_status(exceptions.ClientError, 400, 'bad', {'status_code': 400, 'message': 'bad'})
        self.assert_status(exceptions.ClientError, 499, '', {'status_code': 499})

    def test_failed(self):
        self.assert_status(exceptions.ServerError, 503, 'full', {'status_code': 503, 'message': 'full'})
        self.assert_status(exceptions.ServerError, 500, '', {'status_code': 500, 'message': ['full']})

    def test_message_beyond_ascii(self):
        text = u'нет'
        said = text.encode('utf-8') if str is bytes else text
        self.assert_status(exceptions.ServerError, 503, said, {'status_code': 503, 'message': text})

    def test_no_such_key_where_no_key_is_looked_for(self):
        for call in (lambda c: c.set('k', 1), lambda c: c.reset(), lambda c: c.ping()):
            self.assert_status(exceptions.ClientError, 404, '', {'status_code': 404}, call)


class BrokenConnectionTest(UnhappyTestCase):
    def assert_broken(self, script, call=lambda client: client.get('k')):
        with self.one_bad_connection(script) as client:
            with self.assertRaises(exceptions.ConnectionError) as caught:
                call(client)
            self.assertNotIsInstance(caught.exception, exceptions.Timeout)
            self.assertIn('host=127.0.0.1 port=', str(caught.exception))

    def test_closed_at_every_byte_of_the_reply(self):
        reply = frame({'status_code': 200, 'value': u'ж'})
        for end in range(len(reply)):
            self.assert_broken(answering(reply[:end], stay=False))

    def test_closed_before_the_request(self):
        self.assert_broken(lambda peer: None)

    def test_reset_before_the_reply(self):
        def script(peer):
            peer.read()
            peer.reset()
        self.assert_broken(script)

    def test_nobody_listens(self):
        with contextlib.closing(socket.socket()) as free:
            free.bind(('127.0.0.1', 0))  # Bound and not listening: nobody else gets the port.
            port = free.getsockname()[1]
            client = speicher.Speicher('127.0.0.1', port)
            with self.assertRaises(exceptions.ConnectionError) as caught:
                client.ping()
            self.assertIn('host=127.0.0.1 port=%d' % port, str(caught.exception))

    def test_no_such_host(self):
        with self.assertRaises(exceptions.ConnectionError) as caught:
            speicher.Speicher('no-such-host.invalid').ping()
        self.assertIn('no-such-host.invalid', str(caught.exception))

    def test_a_second_address_is_tried(self):
        with FakeServer(Store().serve) as server:
            lookup = socket.getaddrinfo

            def two_addresses(*arguments):
                refusing = lookup('127.0.0.2', server.port, 0, socket.SOCK_STREAM)
                return refusing + lookup('127.0.0.1', server.port, 0, socket.SOCK_STREAM)

            socket.getaddrinfo = two_addresses
            try:
                with speicher.Speicher('localhost', server.port) as client:
                    self.assertIs(client.ping(), True)
            finally:
                socket.getaddrinfo = lookup

    def test_refusal_before_the_request_is_told(self):
        # The connection ends before the request is read, so sending fails when the request is long.
        for size in (1, 5000000):
            with self.one_bad_connection(lambda peer: peer.send(TOO_MANY)) as client:
                with self.assertRaises(exceptions.ServerError) as caught:
                    client.set('k', 'x' * size)
                self.assertEqual(caught.exception.message, 'too many connections')

    def test_refusal_is_told_when_sending_fails(self):
        def script(peer):
            peer.send(TOO_MANY)
            peer.wait_until_closed()
        with self.one_bad_connection(script) as client:
            with failing_to_send(client):
                self.assertRaises(exceptions.ServerError, client.get, 'k')

    def test_success_is_not_believed_when_sending_fails(self):
        def script(peer):
            peer.send(frame({'status_code': 200, 'value': 1}))
            peer.wait_until_closed()
        with self.one_bad_connection(script) as client:
            with failing_to_send(client):
                self.assertRaises(exceptions.MalformedReply, client.get, 'k')

    def test_sending_fails_without_a_word(self):
        with self.one_bad_connection(lambda peer: None) as client:
            with failing_to_send(client):
                self.assertRaises(exceptions.ConnectionError, client.get, 'k')


TOO_MANY = frame({'status_code': 503, 'message': 'too many connections'})


@contextlib.contextmanager
def failing_to_send(client):
    def fail(data, deadline):
        raise socket.error(errno.EPIPE, 'Broken pipe')
    client._connection._send = fail
    yield
    del client._connection._send


class TimeoutTest(UnhappyTestCase):
    def assert_times_out(self, script, call=lambda client: client.get('k')):
        with self.one_bad_connection(script, timeout=0.25) as client:
            start = time.time()
            self.assertRaises(exceptions.Timeout, call, client)
            self.assertLess(time.time() - start, 5)

    def test_no_reply(self):
        self.assert_times_out(answering(b''))

    def test_half_a_reply(self):
        reply = frame({'status_code': 200, 'value': 1})
        for end in (1, 4, len(reply) - 1):
            self.assert_times_out(answering(reply[:end]))

    def test_a_byte_now_and_then_does_not_prolong_it(self):
        def script(peer):
            peer.read()
            peer.send(struct.pack('!i', 1000000))
            while not peer.closed_by_client(0.02):
                peer.send(b' ')
        self.assert_times_out(script)

    def test_nobody_takes_the_request(self):
        over = threading.Event()

        def call(client):
            try:
                client.set('k', 'x' * 20000000)
            finally:
                over.set()
        self.assert_times_out(lambda peer: over.wait(10), call)

    def test_a_request_taken_bit_by_bit_does_not_prolong_it(self):
        def script(peer):
            peer.read()
            peer.reply(status_code=200)
            peer.wait_until_closed()
        with self.one_bad_connection(script) as client:
            client.ping()
            slow = SlowSocket(client._connection._socket)
            client._connection._socket = slow
            clock = connection._clock
            connection._clock = slow.clock
            try:
                self.assertRaises(exceptions.Timeout, client.set, 'k', 'x' * 1000)
            finally:
                connection._clock = clock
            self.assertEqual(slow.now, 10, 'the call did not end when its time was over')

    def test_nobody_accepts(self):
        full = socket.socket()
        full.bind(('127.0.0.1', 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(8)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(full.getsockname())
        try:
            client = speicher.Speicher('127.0.0.1', full.getsockname()[1], timeout=0.25)
            # Linux leaves who comes too late without an answer; other systems may refuse.
            self.assertRaises(exceptions.ConnectionError, client.ping)
        finally:
            for sock in waiting + [full]:
                sock.close()

    def test_late_reply_is_nobodys(self):
        timed_out = threading.Event()

        def script(peer):
            peer.read()
            timed_out.wait(10)
            peer.send_in_vain(frame({'status_code': 200, 'value': 'late'}))
        with self.one_bad_connection(script, timeout=0.25) as client:
            self.assertRaises(exceptions.Timeout, client.get, 'k')
            timed_out.set()
            self.assertIsNone(client.get('k'))


class FreshnessTest(UnhappyTestCase):
    """The connection that is kept between calls."""

    def after_a_call(self, do):
        def script(peer):
            peer.read()
            peer.reply(status_code=200)
            do(peer)
            peer.done.set()
        store = Store()
        with FakeServer(script, store.serve) as server:
            client = server.client()
            client.set('k', 'first')
            server.peers[0].done.wait(10)
            self.assertIsNone(client.get('k'))
            self.assertEqual(len(server.peers), 2)
            client.close()

    def test_server_has_closed(self):
        self.after_a_call(lambda peer: peer.close())

    def test_server_has_reset(self):
        self.after_a_call(lambda peer: peer.reset())

    def test_server_says_more_than_it_was_asked(self):
        self.after_a_call(lambda peer: peer.reply(status_code=200, value='not asked for'))

    def test_interrupted_call(self):
        interrupted = threading.Event()

        def script(peer):
            peer.read()
            interrupted.wait(10)
            peer.send_in_vain(frame({'status_code': 200, 'value': 'late'}))

        def interrupt(deadline):
            raise KeyboardInterrupt()
        with self.one_bad_connection(script) as client:
            client._connection._receive = interrupt
            self.assertRaises(KeyboardInterrupt, client.get, 'k')
            del client._connection._receive
            interrupted.set()
            self.assertIsNone(client.get('k'))


class PiecesTest(unittest.TestCase):
    def test_reply_byte_by_byte(self):
        def script(peer):
            peer.read()
            for byte in bytearray(frame({'status_code': 200, 'value': [u'ж', 1]})):
                peer.send(bytes(bytearray([byte])))
            peer.wait_until_closed()
        with FakeServer(script) as server:
            with server.client() as client:
                self.assertEqual(client.get('k'), [u'ж', 1])

    def test_announced_length_asks_for_no_memory(self):
        def script(peer):
            peer.read()
            peer.reply(status_code=200)
            peer.read()
            peer.send(struct.pack('!i', 0x0FFFFFFF) + b'{')
        with FakeServer(script) as server:
            with server.client() as client:
                client.ping()
                recorder = RecordingSocket(client._connection._socket)
                client._connection._socket = recorder
                self.assertRaises(exceptions.ConnectionError, client.ping)
        self.assertLessEqual(max(recorder.sizes), 65536)


class SocketWrapper(object):
    def __init__(self, sock):
        self._socket = sock

    def __getattr__(self, name):
        return getattr(self._socket, name)


class RecordingSocket(SocketWrapper):
    """Remembers how much was asked for."""

    def __init__(self, sock):
        super(RecordingSocket, self).__init__(sock)
        self.sizes = []

    def recv(self, size):
        self.sizes.append(size)
        return self._socket.recv(size)


class SlowSocket(SocketWrapper):
    """Takes a second for each byte it sends, by a clock of its own."""

    now = 0

    def clock(self):
        return self.now

    def send(self, data):
        self.now += 1
        return self._socket.send(data[:1])


if __name__ == '__main__':
    unittest.main()
