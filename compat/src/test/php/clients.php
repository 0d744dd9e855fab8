<?php
// phpredis, PHP's sessions in it with their locks, and Laravel's cache if it is installed. Ends with "passed".
// php clients.php HOST PORT, or php clients.php HOST PORT session ID: counts once in that session.

[, $host, $port] = $argv;

if (($argv[3] ?? '') === 'session') {
  ini_set('session.save_handler', 'redis');
  ini_set('session.save_path', "tcp://$host:$port?database=2");
  ini_set('session.use_cookies', '0');
  ini_set('session.cache_limiter', '');
  ini_set('redis.session.locking_enabled', '1');
  ini_set('redis.session.lock_wait_time', '5000');
  ini_set('redis.session.lock_retries', '2000');
  session_id($argv[4]);
  session_start();
  $seen = $_SESSION['count'] ?? 0;
  usleep(10000); // What another one writes meanwhile would be lost without the lock.
  $_SESSION['count'] = $seen + 1;
  session_write_close();
  exit(0);
}

function check(bool $holds, string $what = ''): void {
  if (!$holds) {
    throw new Exception("does not hold: $what");
  }
}

// ---- values ----

$redis = new Redis();
check($redis->connect($host, (int) $port, 5.0));
check($redis->set('once', '1', ['nx', 'ex' => 60]) && !$redis->set('once', '2', ['nx', 'ex' => 60]));
check($redis->get('once') === '1' && $redis->ttl('once') > 0 && $redis->get('none') === false);
check($redis->incrBy('number', 5) === 5 && $redis->incrByFloat('decimal', 1.5) === 1.5);
check($redis->mset(['a' => '1', 'b' => '2']) && $redis->mget(['a', 'b', 'none']) === ['1', '2', false]);
check($redis->multi()->set('m', '1')->incr('m')->exec() === [true, 2]);
check($redis->pipeline()->set('p', '1')->get('p')->exec() === [true, '1']);
$redis->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_PHP);
check($redis->setex('object', 60, ['k' => [1, null]]) && $redis->get('object') === ['k' => [1, null]]);
$redis->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_NONE);
$redis->setOption(Redis::OPT_SCAN, Redis::SCAN_RETRY);
$found = [];
$cursor = null;
while (($keys = $redis->scan($cursor, '*', 2)) !== false) {
  $found = array_merge($found, $keys);
}
sort($found);
check($found === ['a', 'b', 'decimal', 'm', 'number', 'object', 'once', 'p'], implode(' ', $found));
check($redis->select(1) && $redis->dbSize() === 0 && $redis->select(0));

// ---- sessions ----

$visitors = [];
for ($i = 0; $i < 5; $i++) {
  $visitors[] = proc_open([PHP_BINARY, __FILE__, $host, $port, 'session', 'visitor'], [], $pipes);
}
foreach ($visitors as $visitor) {
  check(proc_close($visitor) === 0);
}
$redis->select(2);
check($redis->get('PHPREDIS_SESSION:visitor') === 'count|i:5;', 'no visitor is lost');
$redis->select(0);

// ---- Laravel ----

if (@include 'Illuminate/autoload.php') {
  $managed = new Illuminate\Redis\RedisManager(new Illuminate\Container\Container(), 'phpredis', [
    'options' => ['prefix' => 'laravel_database_'],
    'default' => ['host' => $host, 'port' => $port, 'database' => 0],
    'cache' => ['host' => $host, 'port' => $port, 'database' => 1],
  ]);
  $cache = new Illuminate\Cache\Repository(new Illuminate\Cache\RedisStore($managed, 'laravel_cache', 'cache'));
  check($cache->put('a', ['x' => 1], 60) && $cache->get('a') === ['x' => 1]);
  check($cache->add('new', 1, 60) && !$cache->add('new', 2, 60) && $cache->pull('new') === '1');
  check($cache->increment('n', 2) === 2 && $cache->forever('f', 1) && $cache->forget('f'));
  check($cache->putMany(['m1' => 1, 'm2' => 'z'], 60));
  check($cache->many(['m1', 'm2', 'm3']) === ['m1' => '1', 'm2' => 'z', 'm3' => null]);
  check($cache->remember('r', 60, fn() => 'first') === 'first');
  check($cache->remember('r', 60, fn() => 'second') === 'first');
  $lock = $cache->lock('job', 60);
  check($lock->get() && !$cache->lock('job', 60)->get() && $lock->release() && $cache->lock('job', 60)->get());
  $limiter = new Illuminate\Cache\RateLimiter($cache);
  check($limiter->hit('u', 60) === 1 && $limiter->hit('u', 60) === 2);
  check($limiter->tooManyAttempts('u', 2) && $limiter->availableIn('u') > 50);
  $managed->connection('default')->set('kept', 'v');
  check($cache->flush() && $cache->get('a') === null && $managed->connection('default')->get('kept') === 'v');
  echo "Laravel passed\n";
}
echo "passed\n";
