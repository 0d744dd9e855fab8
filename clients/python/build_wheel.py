"""Builds the wheel of the package with nothing but Python 2.7 or 3.

It is the build backend (PEP 517 and 660) that pip from 20 on finds through pyproject.toml. As a command,
``python build_wheel.py [directory]``, it writes the wheel into a directory (``dist`` beside it, if none is named) and
prints its path, for pips that cannot use a backend inside the package.
"""
from __future__ import print_function

import base64
import hashlib
import io
import os
import re
import sys
import tarfile
import zipfile

ROOT = os.path.dirname(os.path.abspath(__file__))
EPOCH = (1980, 1, 1, 0, 0, 0)  # The earliest time a zip can tell. The same sources give the same wheel.

METADATA = u"""\
Metadata-Version: 2.1
Name: speicher
Version: {version}
Summary: The client of Speicher, a cache service
License: MIT
Requires-Python: >=2.7, !=3.0.*, !=3.1.*, !=3.2.*
Classifier: License :: OSI Approved :: MIT License
Classifier: Programming Language :: Python :: 2.7
Classifier: Programming Language :: Python :: 3
Classifier: Programming Language :: Python :: Implementation :: CPython
Description-Content-Type: text/markdown

{readme}"""

WHEEL = u"""\
Wheel-Version: 1.0
Generator: build_wheel
Root-Is-Purelib: true
Tag: py2-none-any
Tag: py3-none-any
"""


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Writes the wheel into the directory and returns its file name."""
    return _write_wheel(wheel_directory, _package())


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """Writes a wheel that leads to the sources where they are (``pip install -e``)."""
    return _write_wheel(wheel_directory, [('speicher.pth', ROOT.encode('utf-8') + b'\n')])


def build_sdist(sdist_directory, config_settings=None):
    """Writes an archive of the sources and returns its file name."""
    base = 'speicher-' + _version()
    files = _package() + [(name, _read(name)) for name in ('LICENSE', 'README.md', 'build_wheel.py', 'pyproject.toml')]
    with tarfile.open(os.path.join(sdist_directory, base + '.tar.gz'), 'w:gz', format=tarfile.PAX_FORMAT) as archive:
        for name, data in files + [('PKG-INFO', _metadata())]:
            entry = tarfile.TarInfo(base + '/' + name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return base + '.tar.gz'


def _write_wheel(directory, files):
    info = 'speicher-%s.dist-info/' % _version()
    files = files + [
        (info + 'LICENSE', _read('LICENSE')),
        (info + 'METADATA', _metadata()),
        (info + 'WHEEL', WHEEL.encode('ascii')),
    ]
    record = ''.join('%s,sha256=%s,%d\n' % (name, _digest(data), len(data)) for name, data in files)
    files.append((info + 'RECORD', (record + info + 'RECORD,,\n').encode('ascii')))

    wheel = 'speicher-%s-py2.py3-none-any.whl' % _version()
    with zipfile.ZipFile(os.path.join(directory, wheel), 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return wheel


def _package():
    names = sorted(name for name in os.listdir(os.path.join(ROOT, 'speicher')) if name.endswith('.py'))
    return [('speicher/' + name, _read('speicher/' + name)) for name in names]


def _metadata():
    return METADATA.format(version=_version(), readme=_read('README.md').decode('utf-8')).encode('utf-8')


def _version():
    source = _read('speicher/__init__.py').decode('utf-8')
    return str(re.search(r"^__version__ = '(.+)'$", source, re.MULTILINE).group(1))


def _digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode('ascii')


def _read(name):
    with open(os.path.join(ROOT, name), 'rb') as source:
        return source.read()


def main(arguments):
    """Builds the wheel as a command."""
    directory = os.path.abspath(arguments[0] if arguments else os.path.join(ROOT, 'dist'))
    if not os.path.isdir(directory):
        os.makedirs(directory)
    print(os.path.join(directory, build_wheel(directory)))


if __name__ == '__main__':
    main(sys.argv[1:])
