"""The client against the real server that the environment variable SPEICHER_URL names. It loses all its items."""
import os
import re
import unittest

import speicher
from behaviour import Behaviour
from speicher import exceptions

URL = os.environ.get('SPEICHER_URL')


@unittest.skipUnless(URL, 'SPEICHER_URL=speicher://host:port names no real server to test against')
class RealServerTest(Behaviour, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        named = re.match(r'^speicher://(.+):([0-9]+)/?$', URL)
        if not named:
            raise ValueError('SPEICHER_URL is not of the form speicher://host:port: %s' % URL)
        cls.host = named.group(1).strip('[]')
        cls.port = int(named.group(2))

    def test_refused_key(self):
        with self.assertRaises(exceptions.ClientError) as caught:
            self.client.get('k' * 70000)
        self.assertEqual(caught.exception.status_code, 400)
        self.assertNotEqual(caught.exception.message, '')
        self.assertIs(self.client.ping(), True)

    def test_clients_see_each_other(self):
        with speicher.Speicher(self.host, self.port) as other:
            self.client.set('k', 'shared')
            self.assertEqual(other.get('k'), 'shared')


if __name__ == '__main__':
    unittest.main()
