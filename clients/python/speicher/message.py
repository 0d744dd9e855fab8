"""The JSON inside the frames: requests to bytes, bytes to replies."""
import json
import sys

from .exceptions import MalformedReply

PY2 = sys.version_info[0] == 2


def encode(request):
    """Returns the JSON of a request in bytes.

    Raises TypeError for what JSON has no form for, ValueError for NaN, infinities and what contains itself.
    """
    try:
        if PY2:
            # Escapes are the one spelling that is right for str and unicode alike, on narrow and on wide builds.
            return _dumps(request, ensure_ascii=True)
        try:
            # A letter beyond ASCII takes two to four bytes in UTF-8, and six or twelve in the server if it is escaped.
            return _dumps(request, ensure_ascii=False).encode('utf-8')
        except UnicodeEncodeError:  # Half of a surrogate pair, which only an escape can say.
            return _dumps(request, ensure_ascii=True).encode('ascii')
    except RuntimeError:  # RecursionError, which Python 2 does not have.
        raise ValueError('value nests too deep')


def decode(payload):
    """Returns the reply, a dict whose status_code is an int, or raises MalformedReply."""
    try:
        reply = json.loads(payload.decode('utf-8'), parse_constant=_refuse)
    except (ValueError, RuntimeError) as error:  # RuntimeError: the reply nests too deep.
        raise MalformedReply('reply cannot be read as JSON: %s' % error)
    if not isinstance(reply, dict):
        raise MalformedReply('reply is no JSON object: type=%s' % type(reply).__name__)
    if type(reply.get('status_code')) is not int:  # A bool is an int to isinstance.
        raise MalformedReply('reply has no status_code that is an integer')
    return _with_native_strings(reply) if PY2 else reply


def _dumps(request, ensure_ascii):
    return json.dumps(request, ensure_ascii=ensure_ascii, allow_nan=False, separators=(',', ':'))


def _refuse(constant):
    raise ValueError('%s is not JSON' % constant)


def _with_native_strings(reply):
    """Turns every unicode of pure ASCII in a reply into str, in place, for Python 2.

    It does not recurse: values nest up to 512 deep, and half of the interpreter's stack may be the caller's.
    """
    containers = [reply]
    while containers:
        container = containers.pop()
        entries = list(container.items() if isinstance(container, dict) else enumerate(container))
        for key, value in entries:
            if isinstance(container, dict):
                del container[key]  # Assigning alone would keep the old key, which is equal.
            container[_native(key)] = _native(value)
            if isinstance(value, (dict, list)):
                containers.append(value)
    return reply


def _native(value):
    if not isinstance(value, type(u'')):
        return value
    try:
        return value.encode('ascii')
    except UnicodeEncodeError:
        return value
