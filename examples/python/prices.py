"""Asks a shop for prices, and keeps the answers."""
from __future__ import print_function

import os
import time

import speicher


def ask_the_shop(product):
    time.sleep(0.5)
    return '1.20'


def price_of(cache, product):
    key = 'prices-python:' + product
    price = cache.get(key)
    if price is None:
        price = ask_the_shop(product)
        cache.set(key, price, ttl=600)
    return price


url = os.environ.get('SPEICHER_URL', 'speicher://localhost')
with speicher.Speicher.from_url(url) as cache:
    cache.delete('prices-python:tea')
    for _ in range(2):
        start = time.time()
        price = price_of(cache, 'tea')
        print('tea: %s (%d ms)' % (price, (time.time() - start) * 1000))
