"""What users of redis-py and django-redis do with locks, counters and databases.

Arguments: host, port. Ends with "passed".
"""

import sys
import threading

import django
import redis
from django.conf import settings
from redis.exceptions import LockError, LockNotOwnedError

host, port = sys.argv[1], int(sys.argv[2])


def locks():
    client = redis.Redis(host, port)
    client.flushall()
    lock = client.lock("lock", timeout=10)
    other = client.lock("lock", timeout=10, blocking=False)
    assert lock.acquire()
    assert not other.acquire()
    assert lock.owned() and not other.owned()
    assert lock.extend(50)
    assert 50_000 < client.pttl("lock") <= 60_000
    assert lock.extend(20, replace_ttl=True)
    assert 10_000 < client.pttl("lock") <= 20_000
    assert lock.reacquire()
    assert 5_000 < client.pttl("lock") <= 10_000
    lock.release()
    assert client.exists("lock") == 0
    assert other.acquire()
    client.set("lock", "somebody else's")
    for action in (other.release, lambda: other.extend(5), other.reacquire):
        try:
            other.local.token = other.local.token or b"token"
            action()
            raise AssertionError("not refused")
        except (LockError, LockNotOwnedError):
            pass
    assert client.get("lock") == b"somebody else's"
    client.delete("lock")

    counted = 0

    def count():
        nonlocal counted
        for _ in range(50):
            with client.lock("contended", timeout=30, sleep=0.001):
                before = counted
                counted = before + 1

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted == 200


def databases():
    clients = [redis.Redis(host, port, db=db) for db in range(16)]
    for db, client in enumerate(clients):
        client.set("key", db)
    assert [int(client.get("key")) for client in clients] == list(range(16))
    assert set(clients[0].info("keyspace")) == {f"db{db}" for db in range(16)}
    clients[3].flushdb()
    assert clients[3].dbsize() == 0 and clients[4].get("key") == b"4"
    clients[5].swapdb(5, 6)
    assert clients[5].get("key") == b"6" and clients[6].get("key") == b"5"
    assert clients[7].move("key", 3) and clients[3].get("key") == b"7"
    script = clients[8].register_script(
        "local v = redis.call('get', KEYS[1]) redis.call('del', KEYS[1]) return v"
    )
    assert script(keys=["key"]) == b"8"
    assert script(keys=["key"]) is None


def caches():
    settings.configure(
        CACHES={
            "default": {
                "BACKEND": "django_redis.cache.RedisCache",
                "LOCATION": f"redis://{host}:{port}/1",
            },
            "sessions": {
                "BACKEND": "django_redis.cache.RedisCache",
                "LOCATION": f"redis://{host}:{port}/2",
            },
        }
    )
    django.setup()
    from django.core.cache import caches as configured

    cache, sessions = configured["default"], configured["sessions"]
    cache.clear()
    sessions.set("user", {"name": "ada"}, 100)
    cache.set("n", 1, 100)
    assert cache.incr("n") == 2
    assert cache.incr("n", 5) == 7
    assert cache.decr("n") == 6
    assert 90 < cache.ttl("n") <= 100
    try:
        cache.incr("missing")
        raise AssertionError("not refused")
    except ValueError:
        pass
    cache.set_many({"a": 1, "b": [2]})
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": [2]}
    with cache.lock("lock", timeout=5):
        assert not cache.lock("lock", timeout=5).acquire(blocking=False)
    assert sorted(cache.keys("*")) == ["a", "b", "n"]
    cache.clear()
    assert cache.get("a") is None
    assert sessions.get("user") == {"name": "ada"}


locks()
databases()
caches()
print("passed")
