# -*- coding: utf-8 -*-
"""The client against a polite server, and what it does not let pass."""
import datetime
import gc
import pickle
import sys
import unittest

import speicher
from behaviour import Behaviour
from fake_server import FakeServer, Store
from speicher import exceptions

PY2 = sys.version_info[0] == 2


class ServerTestCase(unittest.TestCase):
    host = '127.0.0.1'

    def setUp(self):
        self.server = FakeServer(Store().serve)
        self.port = self.server.port
        self.addCleanup(self.server.__exit__, None, None, None)
        super(ServerTestCase, self).setUp()


class FakeServerTest(Behaviour, ServerTestCase):
    pass


class RequestTest(ServerTestCase):
    """What the client sends."""

    def sent(self, call):
        with self.server.client() as client:
            call(client)
        (request,) = self.server.peers[-1].requests
        return request

    def test_commands(self):
        self.assertEqual(self.sent(lambda c: c.get('k')), {'command': 'GET', 'key': 'k'})
        self.assertEqual(self.sent(lambda c: c.delete('k')), {'command': 'DEL', 'key': 'k'})
        self.assertEqual(self.sent(lambda c: c.set('k', 0)), {'command': 'SET', 'key': 'k', 'value': 0})
        self.assertEqual(self.sent(lambda c: c.set('k', None)), {'command': 'DEL', 'key': 'k'})
        self.assertEqual(self.sent(lambda c: c.set('k', None, ttl=1)), {'command': 'DEL', 'key': 'k'})
        self.assertEqual(self.sent(lambda c: c.reset()), {'command': 'RST'})
        self.assertEqual(self.sent(lambda c: c.ping()), {'command': 'PING'})

    def test_ttl(self):
        for ttl, millis in [
            (1, 1000), (0.001, 1), (0.0014, 1), (1.001, 1001), (0.29, 290), (9007199254740, 9007199254740000),
            (datetime.timedelta(days=1), 86400000), (datetime.timedelta(microseconds=1500), 2),
        ]:
            self.assertEqual(self.sent(lambda c: c.set('k', 0, ttl=ttl))['ttl'], millis)

    def test_one_connection_for_all(self):
        client = self.server.client()
        for _ in range(3):
            client.ping()
        client.close()
        self.assertEqual([len(peer.requests) for peer in self.server.peers], [3])


class ArgumentTest(ServerTestCase):
    """What is wrong is told before anything is sent."""

    def setUp(self):
        super(ArgumentTest, self).setUp()
        self.client = self.server.client()

    def assert_refused(self, error, call, *arguments, **options):
        self.assertRaises(error, call, *arguments, **options)
        self.client.close()
        self.assertEqual(self.server.peers, [])

    def test_keys(self):
        for call in (self.client.get, self.client.delete, lambda key: self.client.set(key, 1),
                     lambda key: self.client.set(key, None)):
            for key in ('', b'', u'', b'\xff', b'\xed\xa0\xbd', u'\ud83d', u'a\ude00', u'\ude00\ud83d'):
                self.assert_refused(ValueError, call, key)
            for key in (None, 1, 1.5, True, ['k'], ('k',), bytearray(b'k'), object()):
                self.assert_refused(TypeError, call, key)

    def test_values(self):
        circle = []
        circle.append(circle)
        deep = []
        for _ in range(200000):
            deep = [deep]
        for value in (float('nan'), float('inf'), [-float('inf')], {'a': float('nan')}, circle, deep):
            self.assert_refused(ValueError, self.client.set, 'k', value)
        for value in (object(), {1, 2}, [object()], {(1, 2): 3}, lambda: 0):
            self.assert_refused(TypeError, self.client.set, 'k', value)
        while deep:  # Or its end takes the interpreter's stack.
            deep = deep.pop()

    def test_bytes_are_no_json(self):
        if PY2:
            self.assert_refused(ValueError, self.client.set, 'k', b'\xff')
        else:
            self.assert_refused(TypeError, self.client.set, 'k', b'v')

    def test_ttl(self):
        for ttl in (0, -1, 0.0009, 0.0, -0.5, float('nan'), float('inf'), 10 ** 400, 9007199254741,
                    datetime.timedelta(0), datetime.timedelta(microseconds=999), datetime.timedelta(days=-1)):
            self.assert_refused(ValueError, self.client.set, 'k', 1, ttl=ttl)
            self.assert_refused(ValueError, self.client.set, 'k', None, ttl=ttl)
        for ttl in ('1', True, [1], 1j, object()):
            self.assert_refused(TypeError, self.client.set, 'k', 1, ttl=ttl)

    def test_a_wrong_argument_leaves_the_connection(self):
        self.client.set('k', 1)
        self.assertRaises(ValueError, self.client.set, 'k', float('nan'))
        self.assertRaises(TypeError, self.client.set, 'k', object())
        self.assertEqual(self.client.get('k'), 1)
        self.assertEqual(len(self.server.peers), 1)

    def test_constructor(self):
        for port in (0, -1, 65536):
            self.assertRaises(ValueError, speicher.Speicher, port=port)
        for timeout in (0, -1, float('nan'), float('inf')):
            self.assertRaises(ValueError, speicher.Speicher, timeout=timeout)

    def test_constructor_that_fails_leaves_nothing_to_collect(self):
        client = speicher.Speicher.__new__(speicher.Speicher)
        self.assertRaises(ValueError, client.__init__, port=0)
        client.__del__()


class StringsOfPython2Test(ServerTestCase):
    def test_types(self):
        client = self.server.client()
        client.set('k', [u'ascii', u'ж', {u'key': {u'ж': [u'deep', 1, None]}}])
        back = client.get('k')
        text = type(u'')
        self.assertIs(type(back[0]), str)
        self.assertIs(type(back[1]), text)
        self.assertEqual([type(key) for key in back[2]], [str])
        self.assertEqual([type(key) for key in back[2]['key']], [text])
        self.assertIs(type(back[2]['key'][u'ж'][0]), str)
        self.assertEqual(back[2]['key'][u'ж'], ['deep', 1, None])


class CollectionTest(ServerTestCase):
    def test_a_forgotten_client_closes(self):
        client = self.server.client()
        client.ping()
        del client
        gc.collect()
        self.assertTrue(self.server.peers[0].done.wait(10), 'the connection is still open')


class ExceptionsTest(unittest.TestCase):
    def test_tree(self):
        for error in (exceptions.ConnectionError, exceptions.MalformedReply, exceptions.ClientError,
                      exceptions.ServerError):
            self.assertTrue(issubclass(error, exceptions.SpeicherError))
        self.assertTrue(issubclass(exceptions.Timeout, exceptions.ConnectionError))

    def test_exports_hide_no_builtin(self):
        builtins = set(dir(__import__('__builtin__' if PY2 else 'builtins')))
        self.assertEqual(builtins.intersection(speicher.__all__), set())
        for name in speicher.__all__:
            self.assertTrue(hasattr(speicher, name), name)

    def test_status_errors_say_all_and_can_be_pickled(self):
        error = pickle.loads(pickle.dumps(exceptions.ClientError(400, 'key is empty')))
        self.assertEqual((type(error), error.status_code, error.message), (exceptions.ClientError, 400, 'key is empty'))
        self.assertEqual(str(error), '400: key is empty')
        self.assertEqual(str(exceptions.ServerError(503, '')), '503: no reason given')


if __name__ == '__main__':
    unittest.main()
