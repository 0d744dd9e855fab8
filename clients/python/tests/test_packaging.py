"""The package can be installed without a network, and holds what it should."""
import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

import speicher

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def run(*command, **options):
    """Returns the exit status and what the command said."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    said = process.communicate()[0].decode('utf-8', 'replace')
    return process.returncode, said


class PackagingTest(unittest.TestCase):
    def setUp(self):
        self.directory = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.directory)

    def build(self, hook):
        status, said = run(sys.executable, '-c', 'import sys, build_wheel; print(build_wheel.%s(sys.argv[1]))' % hook,
                           self.directory, cwd=ROOT)
        self.assertEqual(status, 0, said)
        return os.path.join(self.directory, said.strip())

    def assert_importable(self, path):
        environment = dict(os.environ, PYTHONPATH=path)
        status, said = run(sys.executable, '-c', 'import speicher; print(speicher.__file__)', cwd=self.directory,
                           env=environment)
        self.assertEqual(status, 0, said)
        self.assertTrue(said.startswith(path), said)

    def test_wheel(self):
        wheel = self.build('build_wheel')
        self.assertEqual(os.path.basename(wheel), 'speicher-%s-py2.py3-none-any.whl' % speicher.__version__)
        info = 'speicher-%s.dist-info/' % speicher.__version__
        with zipfile.ZipFile(wheel) as archive:
            record = archive.read(info + 'RECORD').decode('ascii')
            lines = dict(line.split(',', 1) for line in record.splitlines())
            self.assertEqual(sorted(lines), sorted(archive.namelist()))
            for name, rest in lines.items():
                data = archive.read(name)
                digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode('ascii').rstrip('=')
                self.assertEqual(rest, ',' if name.endswith('/RECORD') else 'sha256=%s,%d' % (digest, len(data)))
            modules = [name for name in os.listdir(os.path.join(ROOT, 'speicher')) if name.endswith('.py')]
            for name in modules:
                self.assertIn('speicher/' + name, lines)
            metadata = archive.read(info + 'METADATA').decode('utf-8')
            self.assertIn('\nVersion: %s\n' % speicher.__version__, metadata)
            self.assertIn('MIT License', archive.read(info + 'LICENSE').decode('utf-8'))
        self.assert_importable(wheel)

    def test_the_same_sources_give_the_same_wheel(self):
        with open(self.build('build_wheel'), 'rb') as first:
            before = first.read()
        with open(self.build('build_wheel'), 'rb') as second:
            self.assertEqual(second.read(), before)

    def test_sdist_builds_the_same_package(self):
        with tarfile.open(self.build('build_sdist')) as archive:
            names = archive.getnames()
        base = 'speicher-%s/' % speicher.__version__
        for name in ('PKG-INFO', 'pyproject.toml', 'build_wheel.py', 'README.md', 'LICENSE', 'speicher/__init__.py'):
            self.assertIn(base + name, names)

    def test_pip_installs_without_a_network(self):
        status, said = run(sys.executable, '-m', 'pip', '--version')
        if status != 0:
            self.skipTest('this Python has no pip')
        package = ROOT
        if int(re.match(r'pip (\d+)', said).group(1)) < 20:
            status, said = run(sys.executable, os.path.join(ROOT, 'build_wheel.py'), self.directory)
            self.assertEqual(status, 0, said)
            package = said.strip()
        target = os.path.join(self.directory, 'installed')
        status, said = run(sys.executable, '-m', 'pip', 'install', '--no-index', '--no-cache-dir', '--target', target,
                           '--disable-pip-version-check', package)
        self.assertEqual(status, 0, said)
        self.assert_importable(target)


if __name__ == '__main__':
    unittest.main()
