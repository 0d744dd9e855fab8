"""The client of Speicher, a cache service that keeps keys and JSON values in memory and answers over TCP.

>>> import speicher
>>> c = speicher.Speicher(host='localhost', port=14567)
>>> c.set('foo', 'bar')
True
>>> c.get('foo')
'bar'
>>> c.delete('foo')
True
>>> c.close()

It needs nothing but the standard library of CPython 2.7 or 3.3 and later. ``speicher.exceptions`` has all errors;
``ConnectionError`` is only there, since here it would hide the builtin of that name from ``import *``.
"""
from . import exceptions
from .client import Speicher
from .exceptions import ClientError, MalformedReply, ServerError, SpeicherError, Timeout

__version__ = '0.2.0'

__all__ = ['ClientError', 'MalformedReply', 'ServerError', 'Speicher', 'SpeicherError', 'Timeout', 'exceptions']
