"""The client where it has to log in, encrypts, or connects to a Unix domain socket."""
import os
import shutil
import ssl
import tempfile
import unittest

import speicher
from fake_server import FakeServer, Store
from speicher import address, exceptions

PEM = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'localhost.pem')
NO_TLS = not hasattr(ssl, 'create_default_context')


def server_context():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(PEM)
    return context


class LoginTest(unittest.TestCase):
    def test_before_the_first_request_of_each_connection(self):
        def script(peer):
            for _ in range(3):
                peer.read()
                peer.reply(status_code=200)
        with FakeServer(script) as server:
            client = speicher.Speicher('127.0.0.1', server.port, password='secret')
            client.ping()
            client.ping()
            client.close()
            client.ping()
            client.close()
            login = {'command': 'AUTH', 'user': 'default', 'password': 'secret'}
            ping = {'command': 'PING'}
            self.assertEqual(server.peers[0].requests, [login, ping, ping])
            self.assertEqual(server.peers[1].requests[:2], [login, ping])

    def test_refused(self):
        def script(peer):
            peer.read()
            peer.reply(status_code=401, message='wrong')
            peer.wait_until_closed()
        with FakeServer(script) as server:
            client = speicher.Speicher('127.0.0.1', server.port, user='alice', password='secret')
            for _ in range(2):
                with self.assertRaises(exceptions.ClientError) as caught:
                    client.ping()
                self.assertEqual((caught.exception.status_code, caught.exception.message), (401, 'wrong'))
            self.assertEqual(server.peers[0].requests[0]['user'], 'alice')

    def test_user_without_password(self):
        self.assertRaises(ValueError, speicher.Speicher, user='alice')


class SocketTest(unittest.TestCase):
    def test_commands(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        path = os.path.join(directory, 'socket')
        with FakeServer(Store().serve, socket_path=path):
            with speicher.Speicher(socket_path=path) as client:
                client.set('k', 'v')
            with speicher.Speicher.from_url('unix:' + path) as client:
                self.assertEqual(client.get('k'), 'v')

    def test_nobody_listens(self):
        with self.assertRaises(exceptions.ConnectionError) as caught:
            speicher.Speicher(socket_path='/nowhere/socket').ping()
        self.assertIn('socket=/nowhere/socket', str(caught.exception))

    def test_not_encrypted(self):
        self.assertRaises(ValueError, speicher.Speicher, socket_path='/s', tls=True)


@unittest.skipIf(NO_TLS, 'this Python does not check certificates')
class TlsTest(unittest.TestCase):
    def setUp(self):
        self.server = FakeServer(Store().serve, tls=server_context())
        self.addCleanup(self.server.__exit__, None, None, None)

    def test_commands(self):
        with speicher.Speicher('localhost', self.server.port, tls=PEM) as client:
            client.set('k', 'v' * 1000000)
            self.assertEqual(client.get('k'), 'v' * 1000000)
            self.assertIs(client.delete('k'), True)

    def test_one_connection_for_all(self):
        with speicher.Speicher('localhost', self.server.port, tls=PEM) as client:
            for _ in range(5):
                client.ping()
        self.assertEqual(len(self.server.peers), 1)

    def test_context(self):
        context = ssl.create_default_context(cafile=PEM)
        with speicher.Speicher('localhost', self.server.port, tls=context) as client:
            self.assertIs(client.ping(), True)

    def test_url(self):
        url = 'speichers://localhost:%d' % self.server.port
        with speicher.Speicher.from_url(url, tls=PEM) as client:
            self.assertIs(client.ping(), True)

    def test_unknown_authority(self):
        with self.assertRaises(exceptions.ConnectionError) as caught:
            speicher.Speicher('localhost', self.server.port, tls=True).ping()
        self.assertIn('certificate', str(caught.exception).lower())

    def test_other_host(self):
        with FakeServer(Store().serve, tls=server_context(), host='127.0.0.2') as server:
            with self.assertRaises(exceptions.ConnectionError) as caught:
                speicher.Speicher('127.0.0.2', server.port, tls=PEM).ping()
            self.assertIn('127.0.0.2', str(caught.exception))

    def test_plain_server(self):
        with FakeServer(lambda peer: peer.send(b'HTTP/1.1 400 Bad Request\r\n\r\n')) as server:
            with self.assertRaises(exceptions.ConnectionError):
                speicher.Speicher('127.0.0.1', server.port, tls=PEM).ping()

    def test_silent_server(self):
        with FakeServer(lambda peer: peer.wait_until_closed()) as server:
            with self.assertRaises(exceptions.Timeout):
                speicher.Speicher('127.0.0.1', server.port, timeout=0.1, tls=PEM).ping()

    def test_no_such_file(self):
        self.assertRaises(EnvironmentError, speicher.Speicher, tls='/nowhere.pem')


class UrlTest(unittest.TestCase):
    def test_parse(self):
        for url, expected in [
            ('speicher://cache', {'nodes': ['cache'], 'tls': False}),
            ('speicher://cache:7/', {'nodes': ['cache:7'], 'tls': False}),
            ('speicher://[::1]:7', {'nodes': ['[::1]:7'], 'tls': False}),
            ('speicher://a:7,b/', {'nodes': ['a:7', 'b'], 'tls': False}),
            ('speichers://cache', {'nodes': ['cache'], 'tls': True}),
            ('speicher://alice:s%40cret@cache', {'nodes': ['cache'], 'tls': False, 'user': 'alice', 'password': 's@cret'}),
            ('unix:/run/speicher', {'socket_path': '/run/speicher', 'tls': None}),
            ('unix:///run/speicher', {'socket_path': '/run/speicher', 'tls': None}),
        ]:
            self.assertEqual(address.parse(url), expected)

    def test_malformed(self):
        for url in ('', 'cache', 'http://cache', 'speicher://', 'speicher://a:b@', 'unix:', 'speicher://cache/path'):
            self.assertRaises(ValueError, address.parse, url)

    def test_password_is_not_shown(self):
        with self.assertRaises(ValueError) as caught:
            address.parse('speicher://alice:secret@cache/path')
        self.assertNotIn('secret', str(caught.exception))


if __name__ == '__main__':
    unittest.main()
