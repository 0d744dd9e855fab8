# -*- coding: utf-8 -*-
"""What a client can do with any server, be it the fake one or a real one."""
import datetime
import doctest
import os
import threading
import time

import speicher

README = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'README.md')


class Behaviour(object):
    """Tests for a TestCase that sets ``host`` and ``port``."""

    def setUp(self):
        super(Behaviour, self).setUp()
        self.client = speicher.Speicher(self.host, self.port)
        self.addCleanup(self.client.close)
        self.assertIs(self.client.reset(), True)

    def run_example(self, text, name):
        # Only where the server is may differ from the letter of the example.
        text = text.replace("host='localhost', port=14567", 'host=%r, port=%d' % (self.host, self.port))
        example = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
        self.assertEqual(len(example.examples), 6)
        said = []
        outcome = doctest.DocTestRunner(verbose=False).run(example, out=said.append)
        self.assertEqual(outcome.failed, 0, ''.join(said))

    def test_example_of_the_readme(self):
        with open(README, 'rb') as readme:
            text = readme.read().decode('utf-8').replace('\r\n', '\n')
        self.run_example(str(text.split('```python\n')[1].split('```')[0]), 'README.md')

    def test_example_of_the_package(self):
        self.run_example(speicher.__doc__, 'speicher')

    def test_set_replaces(self):
        self.assertIs(self.client.set('k', 'old'), True)
        self.assertIs(self.client.set('k', ['new']), True)
        self.assertEqual(self.client.get('k'), ['new'])

    def test_get_missing(self):
        self.assertIsNone(self.client.get('k'))

    def test_delete(self):
        self.client.set('k', 1)
        self.assertIs(self.client.delete('k'), True)
        self.assertIs(self.client.delete('k'), False)
        self.assertIsNone(self.client.get('k'))

    def test_set_none_deletes(self):
        self.client.set('k', 1)
        self.assertIs(self.client.set('k', None), True)
        self.assertIs(self.client.delete('k'), False)
        self.assertIs(self.client.set('k', None), True)

    def test_reset(self):
        self.client.set('a', 1)
        self.client.set('b', 2)
        self.assertIs(self.client.reset(), True)
        self.assertIsNone(self.client.get('a'))
        self.assertIsNone(self.client.get('b'))

    def test_ping(self):
        self.assertIs(self.client.ping(), True)

    def test_values_come_back(self):
        values = [
            True, False, 0, -1, 2 ** 31, 10 ** 30, 0.1, -1e-300, '', ' ', 'text', u'привет', u'\U0001f600', u'\u2028',
            u'half \ud83d', u'\ude00\ud83d', u'\x00\x1f"\\/\x7f', [], {}, [None, [[]], {}], {'': {'a': [u'ключ']}},
            {u'ключ': None}, list(range(1000)), 'x' * 3000000, u'ж' * 100000,
        ]
        for value in values:
            self.client.set('k', value)
            back = self.client.get('k')
            self.assertEqual(back, value)
            self.assertEqual(type(back) is bool, type(value) is bool)

    def test_value_nested_as_deep_as_servers_accept(self):
        value = {}
        for _ in range(255):
            value = {'a': [value]}
        self.client.set('k', [value])
        self.assertTrue(self.client.get('k') == [value], 'the nested value came back changed')

    def test_keys(self):
        keys = ['k', ' ', u'ключ', u'\U0001f600', u'\x00', u'e\u0301', u'\xe9', '"', '\\', '/', 'K', 'k' * 65535]
        for number, key in enumerate(keys):
            self.client.set(key, number)
        for number, key in enumerate(keys):
            self.assertEqual(self.client.get(key), number)

    def test_key_of_bytes_is_the_key_of_its_text(self):
        self.client.set(u'ключ'.encode('utf-8'), 1)
        self.assertEqual(self.client.get(u'ключ'), 1)
        self.assertIs(self.client.delete(u'ключ'.encode('utf-8')), True)

    def test_ttl_of_seconds(self):
        self.assert_expires(0.05)

    def test_ttl_of_a_timedelta(self):
        self.assert_expires(datetime.timedelta(milliseconds=50))

    def assert_expires(self, ttl):
        self.client.set('stays', 1, ttl=3600)
        self.client.set('forever', 1)
        self.client.set('goes', 1, ttl=ttl)
        give_up = time.time() + 10
        while self.client.get('goes') is not None:
            self.assertLess(time.time(), give_up, 'the item did not expire')
        self.assertEqual(self.client.get('stays'), 1)
        self.assertEqual(self.client.get('forever'), 1)

    def test_set_ends_the_ttl_of_before(self):
        self.client.set('k', 1, ttl=0.05)
        self.client.set('k', 2)
        self.client.set('clock', 1, ttl=0.1)
        give_up = time.time() + 10
        while self.client.get('clock') is not None:
            self.assertLess(time.time(), give_up, 'the item did not expire')
        self.assertEqual(self.client.get('k'), 2)

    def test_bytes(self):
        every = bytes(bytearray(range(256)))
        for data in (every, b'', b'text', u'ключ'.encode('utf-8'), bytearray(b'\xff')):
            self.assertIs(self.client.set_bytes('k', data), True)
            self.assertEqual(self.client.get_bytes('k'), bytes(data))
        self.assertEqual(self.client.get('k'), b'\xff')
        self.client.set('k', u'ключ')
        self.assertEqual(self.client.get_bytes('k'), u'ключ'.encode('utf-8'))
        self.client.set('k', [1])
        self.assertRaises(ValueError, self.client.get_bytes, 'k')
        self.assertIsNone(self.client.get_bytes('nope'))

    def test_conditions(self):
        self.assertIs(self.client.set_if_absent('k', 'first', ttl=60), True)
        self.assertIs(self.client.set_if_absent('k', 'second'), False)
        value, version = self.client.get_versioned('k')
        self.assertEqual(value, 'first')
        self.assertIsNone(self.client.get_versioned('nope'))
        self.assertIs(self.client.replace('k', version, 'second'), True)
        self.assertIs(self.client.replace('k', version, 'third'), False)
        self.assertIs(self.client.replace('nope', version, 'third'), False)
        self.assertIs(self.client.delete('k', version), False)
        self.assertEqual(self.client.get('k'), 'second')
        self.assertIs(self.client.delete('k', self.client.get_versioned('k')[1]), True)
        self.assertIs(self.client.delete('k', version), False)

    def test_counters(self):
        self.assertIsNone(self.client.add('n'))
        self.assertEqual(self.client.add('n', 5, initial=10, ttl=60), 10)
        self.assertEqual(self.client.add('n', -3), 7)
        self.assertEqual(self.client.add('n'), 8)
        self.assertEqual(self.client.get('n'), 8)
        self.client.set('n', 'text')
        with self.assertRaises(speicher.ClientError) as caught:
            self.client.add('n')
        self.assertEqual(caught.exception.status_code, 409)

    def test_batches(self):
        values = dict(('k%d' % number, number) for number in range(1500))
        self.assertIs(self.client.set_many(values, ttl=60), True)
        self.client.set_bytes('bytes', b'\xff')
        found = self.client.get_many(list(values) + ['bytes', 'nope'])
        self.assertEqual(found, dict(values, bytes=b'\xff'))
        self.assertEqual(self.client.delete_many(list(values) + ['nope']), 1500)
        self.assertEqual(self.client.get_many(values), {})
        self.assertEqual(self.client.get_many([]), {})
        self.assertIs(self.client.set_many({}), True)
        self.assertEqual(self.client.delete_many([]), 0)

    def test_close_is_no_end(self):
        self.client.set('k', 1)
        self.client.close()
        self.client.close()
        self.assertEqual(self.client.get('k'), 1)

    def test_with_closes(self):
        with self.client as client:
            self.assertIs(client, self.client)
            client.set('k', 1)
        self.assertEqual(speicher.Speicher(self.host, self.port).get('k'), 1)

    def test_threads_share_a_client(self):
        wrong = []

        def work(name):
            for number in range(100):
                self.client.set(name, [name, number])
                if self.client.get(name) != [name, number]:
                    wrong.append((name, number))

        threads = [threading.Thread(target=work, args=('thread-%d' % number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        for number in range(4):
            self.assertEqual(self.client.get('thread-%d' % number), ['thread-%d' % number, 99])
